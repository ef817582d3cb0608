//! Finding the end of the plain part of a JSON string, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The place of the first `"`, `\` or control character at or after `at`, or the length.
#[inline]
pub(crate) fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..at + 8) {
        // The slice has eight bytes, so the default is never used.
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        let found = special(word);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// Marks the high bit of each byte that is special. Bytes above the first mark may be marked
/// wrongly (a borrow runs upward), the lowest mark never is, and only that one is used.
#[inline]
fn special(word: u64) -> u64 {
    let zero_byte = |w: u64| w.wrapping_sub(ONES) & !w & HIGH;
    let below = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    below | zero_byte(word ^ (ONES * 0x22)) | zero_byte(word ^ (ONES * 0x5c))
}

#[cfg(test)]
mod tests {
    use super::plain_end;

    #[test]
    fn agrees_with_the_plain_loop() {
        for byte in 0..=255u8 {
            for place in 0..20 {
                let mut text = vec![b'a'; 20];
                text[place] = byte;
                let slow = text.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)).unwrap_or(20);
                assert_eq!(plain_end(&text, 0), slow, "{byte} at {place}");
            }
        }
    }
}
