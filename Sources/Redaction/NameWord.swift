/// The last eight letters of one word of a name, in lower case: as many as tell the words apart that matter, and quick to
/// compare. So `PGPASSWORD` is `password`, and `credentials` is `dentials`.
struct NameWord: Equatable, Sendable, ExpressibleByStringLiteral {
    private(set) var packed: UInt64 = 0

    init() {}

    init(stringLiteral value: StaticString) {
        for index in 0..<value.utf8CodeUnitCount { unsafe add(value.utf8Start[index]) }
    }

    mutating func add(_ byte: UInt8) { packed = packed << 8 | UInt64(byte.lowered) }

    var isEmpty: Bool { packed == 0 }

    func hasSuffix(_ word: NameWord) -> Bool {
        let bits = UInt64(64 - word.packed.leadingZeroBitCount + 7) & ~7
        let mask = bits >= 64 ? UInt64.max : (1 << bits) - 1
        return packed & mask == word.packed
    }
}

/// A set of words, asked at every `=` and `:` of a text: a table of 256 places, where `Set` would compute SipHash.
struct NameWordSet: Sendable, ExpressibleByArrayLiteral {
    private var places = [UInt64](repeating: 0, count: 256)

    init(arrayLiteral elements: NameWord...) {
        for word in elements {
            var place = Self.place(of: word)
            while places[place] != 0, places[place] != word.packed { place = (place + 1) & 255 }
            places[place] = word.packed
        }
    }

    func contains(_ word: NameWord) -> Bool {
        guard !word.isEmpty else { return false }
        var place = Self.place(of: word)
        while places[place] != 0 {
            if places[place] == word.packed { return true }
            place = (place + 1) & 255
        }
        return false
    }

    private static func place(of word: NameWord) -> Int {
        Int(truncatingIfNeeded: (word.packed &* 0x9E37_79B9_7F4A_7C15) >> 56)
    }
}
