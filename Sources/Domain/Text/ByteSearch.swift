internal import Glibc

/// Finds bytes in bytes. The standard library looks for a text by whole characters, which takes a hundred times as long.
package enum ByteSearch {
    package static func contains(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe contains(bytes, UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
    }

    package static func contains(_ text: String, _ word: String) -> Bool {
        var text = text, word = word
        return text.withUTF8 { text in
            word.withUTF8 { word in unsafe contains(UnsafeRawBufferPointer(text), UnsafeRawBufferPointer(word)) }
        }
    }

    package static func contains(_ bytes: UnsafeRawBufferPointer, _ word: [UInt8]) -> Bool {
        unsafe word.withUnsafeBytes { word in unsafe contains(bytes, word) }
    }

    private static func contains(_ bytes: UnsafeRawBufferPointer, _ word: UnsafeRawBufferPointer) -> Bool {
        guard let first = unsafe word.first, let start = word.baseAddress else { return true }
        var rest = unsafe bytes[...]
        while unsafe rest.count >= word.count {
            let here = unsafe UnsafeRawBufferPointer(rebasing: rest)
            guard let base = here.baseAddress,
                let found = unsafe memchr(base, Int32(first), here.count - word.count + 1)
            else { return false }
            if unsafe memcmp(found, start, word.count) == 0 { return true }
            unsafe rest = rest.dropFirst(base.distance(to: found) + 1)
        }
        return false
    }
}

extension ArraySlice<UInt8> {
    /// The position behind the first place where these bytes stand.
    package func position(behind text: String) -> Int? {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return nil }
        for start in startIndex...(endIndex - wanted.count)
        where self[start] == first && self[start..<start + wanted.count].elementsEqual(wanted) {
            return start + wanted.count
        }
        return nil
    }
}
