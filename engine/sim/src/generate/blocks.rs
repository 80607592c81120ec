//! Which blocks there are, and how often each is drawn.

use super::pen::{Around, Block, Pen};

const DEEPEST: usize = 4;

impl Pen {
    /// Draws some block.
    pub(super) fn block(&mut self, around: Around) -> Block {
        let inside = around.inside();
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || around.depth >= DEEPEST {
            return self.leaf(inside);
        }
        if around.handler {
            return match self.chance.below(4) {
                0 => self.sequence(inside),
                1 => self.choice(inside),
                _ => self.leaf(inside),
            };
        }
        match self.chance.below(24) {
            0..4 => self.sequence(inside),
            4 => self.choice(inside),
            5 => self.fork(inside),
            6 => self.inclusive(inside),
            7 => self.conditional_flows(inside),
            8 => self.first_event(inside),
            9 if !around.again => self.discriminator(inside),
            10 => self.circle(inside),
            11 => self.may_end(inside),
            12..14 => self.sub_process(inside),
            14 => self.transaction(inside),
            15 => self.ad_hoc(inside),
            16 => self.call(inside),
            17 => self.quantities(inside),
            18 => self.undone_later(inside),
            19..21 => self.watched_task(inside),
            21 => self.jump(inside),
            22 => self.undone_from_inside(inside),
            _ => self.leaf(inside),
        }
    }

    /// Blocks one after the other.
    fn sequence(&mut self, around: Around) -> Block {
        let count = 2 + self.chance.below(3);
        let mut whole = self.block(around);
        for _ in 1..count {
            let next = self.block(around);
            self.flow(&whole.exit, &next.entry);
            whole.exit = next.exit;
        }
        whole
    }

    /// One element: a task or an event.
    fn leaf(&mut self, around: Around) -> Block {
        let id = match self.chance.below(3) {
            0 => self.event(around),
            _ => self.task(around, ""),
        };
        Block {
            entry: id.clone(),
            exit: id,
        }
    }
}
