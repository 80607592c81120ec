//! Questions about who is where: superiors, departments, roles.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_protocol::{PersonId, RecordId};

use crate::{Circles, Viewer};

/// The people of a company and how they belong together, as of one moment.
///
/// The reporting line and the departments are separate: a person's superior need not head the person's department.
/// Both may contain circles by mistake; no question asked here runs in one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Everybody.
    pub people: BTreeMap<PersonId, Member>,
    /// All departments.
    pub departments: BTreeMap<RecordId, Department>,
}

/// One person's place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// The name the person signs in with.
    pub login: String,
    /// Whom the person reports to.
    pub superior: Option<PersonId>,
    /// The person's department.
    pub department: Option<RecordId>,
    /// The codes of the person's roles.
    pub roles: BTreeSet<String>,
    /// Whether the person still works here. Those who do not are nobody's superior, head or colleague any more.
    pub active: bool,
}

/// One department.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Department {
    /// Its code.
    pub code: String,
    /// The department it is part of.
    pub parent: Option<RecordId>,
    /// Who heads it.
    pub head: Option<PersonId>,
}

impl Organisation {
    /// The department with this code.
    pub fn by_code(&self, code: &str) -> Option<RecordId> {
        self.departments
            .iter()
            .find(|(_, department)| department.code == code)
            .map(|(id, _)| *id)
    }

    /// The person's superiors from the nearest to the highest, each once. Those who left are passed over.
    pub fn superiors(&self, person: PersonId) -> Vec<PersonId> {
        let mut seen = BTreeSet::from([person]);
        let mut superiors = Vec::new();
        let mut next = self.people.get(&person).and_then(|member| member.superior);
        while let Some(superior) = next {
            let Some(member) = self.people.get(&superior).filter(|_| seen.insert(superior)) else {
                break;
            };
            if member.active {
                superiors.push(superior);
            }
            next = member.superior;
        }
        superiors
    }

    /// The person's superior `level` steps up; 1 is the direct one.
    pub fn superior(&self, person: PersonId, level: usize) -> Option<PersonId> {
        self.superiors(person).get(level.checked_sub(1)?).copied()
    }

    /// Who heads the person's department. A department without a head is headed from above, and so is its head:
    /// nobody is their own.
    pub fn department_head(&self, person: PersonId) -> Option<PersonId> {
        let mut seen = BTreeSet::new();
        let mut next = self.people.get(&person).and_then(|member| member.department);
        while let Some(department) = next.filter(|department| seen.insert(*department)) {
            let department = self.departments.get(&department)?;
            if let Some(head) = department.head.filter(|head| *head != person && self.is_active(*head)) {
                return Some(head);
            }
            next = department.parent;
        }
        None
    }

    /// The active people of a role.
    pub fn members_of_role(&self, code: &str) -> BTreeSet<PersonId> {
        self.active(|member| member.roles.contains(code))
    }

    /// The active people of a department, not of those below it.
    pub fn members_of_department(&self, department: RecordId) -> BTreeSet<PersonId> {
        self.active(|member| member.department == Some(department))
    }

    /// The person as one who asks for records, to whom nothing is shared yet; `None` when there is no such person, or not
    /// any more.
    pub fn viewer(&self, person: PersonId, circles: Circles) -> Option<Viewer> {
        let member = self.people.get(&person).filter(|member| member.active)?;
        Some(Viewer {
            person: Some(person),
            roles: member.roles.clone(),
            circles,
            ..Viewer::default()
        })
    }

    fn is_active(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|member| member.active)
    }

    fn active(&self, belongs: impl Fn(&Member) -> bool) -> BTreeSet<PersonId> {
        self.people
            .iter()
            .filter(|(_, member)| member.active && belongs(member))
            .map(|(id, _)| *id)
            .collect()
    }
}

/// Who is below whom, found out once for everybody: asking about one person then costs what the answer is long.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Structure {
    below: BTreeMap<PersonId, Vec<PersonId>>,
    departments_below: BTreeMap<RecordId, Vec<RecordId>>,
    members: BTreeMap<RecordId, Vec<PersonId>>,
}

impl Structure {
    /// The structure of an organisation.
    pub fn new(organisation: &Organisation) -> Self {
        let mut structure = Self::default();
        for (id, member) in &organisation.people {
            if let Some(superior) = member.superior {
                structure.below.entry(superior).or_default().push(*id);
            }
            if let Some(department) = member.department {
                structure.members.entry(department).or_default().push(*id);
            }
        }
        for (id, department) in &organisation.departments {
            if let Some(parent) = department.parent {
                structure.departments_below.entry(parent).or_default().push(*id);
            }
        }
        structure
    }

    /// Everybody below the person, at every level. Those who left are included, because their records remain.
    pub fn subordinates(&self, person: PersonId) -> BTreeSet<PersonId> {
        let mut found = reachable(person, |superior| entries(&self.below, superior));
        found.remove(&person);
        found
    }

    /// A department and all departments below it.
    pub fn department_tree(&self, department: RecordId) -> BTreeSet<RecordId> {
        reachable(department, |parent| entries(&self.departments_below, parent))
    }

    /// Whose records are within which level, as seen from a person in a department.
    pub fn circles(&self, person: PersonId, department: Option<RecordId>) -> Circles {
        let own = BTreeSet::from([person]);
        let subordinates: BTreeSet<_> = own.iter().copied().chain(self.subordinates(person)).collect();
        let members = |department: &RecordId| entries(&self.members, department).iter().copied();
        let of_department = department.iter().flat_map(members);
        let of_department: BTreeSet<_> = subordinates.iter().copied().chain(of_department).collect();
        let tree = department
            .map(|department| self.department_tree(department))
            .unwrap_or_default();
        let of_tree = tree.iter().flat_map(members);
        let of_tree: BTreeSet<_> = of_department.iter().copied().chain(of_tree).collect();
        Circles {
            own: Arc::new(own),
            subordinates: Arc::new(subordinates),
            department: Arc::new(of_department),
            department_tree: Arc::new(of_tree),
        }
    }
}

fn entries<'m, K: Ord, V>(map: &'m BTreeMap<K, Vec<V>>, key: &K) -> &'m [V] {
    map.get(key).map(Vec::as_slice).unwrap_or_default()
}

/// All that can be reached from a start, the start included.
fn reachable<'n, T: Copy + Ord + 'n>(start: T, next: impl Fn(&T) -> &'n [T]) -> BTreeSet<T> {
    let mut found = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(one) = waiting.pop() {
        waiting.extend(next(&one).iter().copied().filter(|other| found.insert(*other)));
    }
    found
}
