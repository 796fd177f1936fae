//! CKA_EC_POINT: a public point, and how tokens wrap it.

use countersign_protocol::Point;

/// 65 bytes: uncompressed, on a curve of 256 bits (SEC 1, 2.3.3).
const POINT_BYTES: u8 = 65;
const UNCOMPRESSED: u8 = 0x04;
const OCTET_STRING: u8 = 0x04;

/// Reads CKA_EC_POINT (PKCS#11 3.1, 6.3.3): the point in a DER OCTET STRING, or, as some tokens have
/// it against the standard, the point itself.
pub(crate) fn read(ec_point: &[u8]) -> Option<Point> {
    // By length first: a bare point whose X begins with 0x41 begins like an OCTET STRING.
    let bytes = <[u8; POINT_BYTES as usize]>::try_from(ec_point)
        .or_else(|_| ec_point.strip_prefix(&[OCTET_STRING, POINT_BYTES]).unwrap_or(&[]).try_into())
        .ok()?;
    (bytes.first() == Some(&UNCOMPRESSED)).then_some(Point(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point() -> [u8; 65] {
        let mut bytes = [0x41; 65];
        bytes[0] = 0x04;
        bytes
    }

    #[test]
    fn both_forms_are_the_same_point() {
        let wrapped = [&[0x04, 0x41], point().as_slice()].concat();
        assert_eq!(read(&wrapped), Some(Point(point())));
        assert_eq!(read(&point()), Some(Point(point())));
    }

    #[test]
    fn anything_else_is_no_point() {
        let mut compressed = point();
        compressed[0] = 0x02;
        assert_eq!(read(&compressed), None);
        assert_eq!(read(&point()[..64]), None);
        assert_eq!(read(&[]), None);
    }
}
