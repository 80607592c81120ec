//! Small pictures of pictures. They are decoded and written anew, so that nothing of what somebody sent reaches a browser
//! but its pixels.

use std::io::{Cursor, Read};

use image::{DynamicImage, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};
use kapok_protocol::{Refusal, RefusalKind};

use super::StoredContent;
use crate::Error;

/// The longer side of a small picture, in pixels.
const SIDE: u32 = 640;
/// The longest side that is decoded.
const LONGEST_SIDE: u32 = 12_000;
/// The most memory that decoding takes, in bytes.
const MEMORY: u64 = 200 << 20;
/// The largest file that is decoded, in bytes.
const LARGEST: u64 = 30 << 20;
const QUALITY: u8 = 80;

/// A small picture, and its media type.
pub(crate) fn preview(media_type: &str, content: StoredContent) -> Result<(Vec<u8>, &'static str), Error> {
    let format = match media_type {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        "image/webp" => ImageFormat::WebP,
        _ => return Err(none("这个文件没有预览。", "There is no preview of this file.")),
    };
    let mut bytes = Vec::new();
    let read = content.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Error::Data(format!("a picture cannot be read: {error}")))?;
    let too_large = || none("图片太大，没有预览。", "The picture is too large for a preview.");
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(&bytes), format);
    reader.limits(limits);
    let picture = match reader.decode() {
        Ok(picture) => picture,
        Err(image::ImageError::Limits(_)) => return Err(too_large()),
        Err(_) => {
            return Err(none(
                "图片已损坏，没有预览。",
                "The picture is damaged and has no preview.",
            ));
        }
    };
    encode(&picture.thumbnail(SIDE, SIDE)).map_err(|error| Error::Data(format!("a preview cannot be made: {error}")))
}

fn encode(picture: &DynamicImage) -> image::ImageResult<(Vec<u8>, &'static str)> {
    let mut bytes = Vec::new();
    if picture.color().has_alpha() {
        picture
            .to_rgba8()
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        return Ok((bytes, "image/png"));
    }
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok((bytes, "image/jpeg"))
}

fn none(zh: &str, en: &str) -> Error {
    Refusal::new(RefusalKind::NotFound, "file.no-preview", zh, en).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::{RgbImage, RgbaImage};

    use super::*;

    fn content(bytes: Vec<u8>) -> StoredContent {
        StoredContent::Memory(Cursor::new(Arc::from(bytes)))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).expect("writes");
        bytes
    }

    #[test]
    fn pictures_become_small() {
        let plain = DynamicImage::from(RgbImage::new(1_000, 500));
        let clear = DynamicImage::from(RgbaImage::new(10, 10));
        for (picture, format, media_type, expected) in [
            (&plain, ImageFormat::Png, "image/png", "image/jpeg"),
            (&plain, ImageFormat::Jpeg, "image/jpeg", "image/jpeg"),
            (&clear, ImageFormat::Png, "image/png", "image/png"),
            (&clear, ImageFormat::WebP, "image/webp", "image/png"),
        ] {
            let (bytes, made) = preview(media_type, content(written(picture, format))).expect("a preview");
            assert_eq!(made, expected);
            let small = image::load_from_memory(&bytes).expect("decodes");
            assert!(small.width() <= SIDE && small.height() <= SIDE);
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_has_none() {
        // Its head claims 60,000 × 60,000 pixels.
        let mut bomb = written(&DynamicImage::from(RgbImage::new(1, 1)), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        for (media_type, bytes) in [
            ("image/png", bomb),
            ("image/png", b"\x89PNG\r\n\x1a\nxx".to_vec()),
            ("image/svg+xml", b"<svg/>".to_vec()),
            ("application/pdf", b"%PDF".to_vec()),
        ] {
            let refused = preview(media_type, content(bytes)).expect_err("refused");
            assert_eq!(
                refused.refusal().map(|refusal| refusal.code.as_str()),
                Some("file.no-preview")
            );
        }
    }
}
