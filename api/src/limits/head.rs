//! How large the head of a request is.

/// Bytes of the head of a request at the most: of the request line and all header fields.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Counts the bytes of a head until the empty line that ends it.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: usize,
    /// Whether the last byte but carriage returns was a line's end.
    at_line: bool,
    is_whole: bool,
}

impl Head {
    /// Whether any byte came.
    pub(super) fn has_begun(&self) -> bool {
        self.bytes > 0
    }

    /// Adds bytes, and tells whether the head is too large by now.
    pub(super) fn add(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            if self.is_whole {
                return false;
            }
            match byte {
                // Empty lines before a request are none of it (RFC 9112, section 2.2).
                b'\r' | b'\n' if self.bytes == 0 => continue,
                b'\n' if self.at_line => self.is_whole = true,
                b'\n' => self.at_line = true,
                b'\r' => {}
                _ => self.at_line = false,
            }
            self.bytes += 1;
            if self.bytes > HEAD_BYTES {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_an_empty_line_however_it_is_cut() {
        let head = b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for cut in 0..head.len() {
            let (one, two) = head.split_at(cut);
            let mut counted = Head::default();
            assert!(!counted.add(one) && !counted.is_whole, "{cut}");
            assert!(!counted.add(two) && counted.is_whole, "{cut}");
            assert!(!counted.add(&vec![b'x'; HEAD_BYTES * 2]), "the body is no part of it");
        }
    }

    #[test]
    fn a_head_without_an_end_grows_too_large() {
        let mut head = Head::default();
        assert!(!head.add(&vec![b'x'; HEAD_BYTES]));
        assert!(head.add(b"x"));
    }
}
