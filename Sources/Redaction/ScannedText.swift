/// The bytes of a text, with the questions all scanners ask.
///
/// Bytes beyond either end read as 0, which belongs to no alphabet of tokens, so scanners need no bounds of their own.
struct ScannedText {
    let bytes: [UInt8]
    private var runs = RunEnds()
    /// Places where something was left out, in order.
    let joints: [Int]
    let steps: StepCount

    /// - Parameter steps: counts the looks at this text, too.
    init(_ bytes: [UInt8], joints: [Int] = [], steps: StepCount) {
        self.bytes = bytes
        self.joints = joints
        self.steps = steps
    }

    var count: Int { bytes.count }

    @inline(__always)
    subscript(_ index: Int) -> UInt8 {
        steps.add()
        return bytes.indices.contains(index) ? bytes[index] : 0
    }

    /// Where the run of the alphabet that starts here ends.
    mutating func end(of alphabet: Alphabet, from start: Int) -> Int {
        runs.end(of: alphabet, in: bytes, from: start, steps)
    }

    func starts(with prefix: [UInt8], at start: Int) -> Bool {
        guard start >= 0, start + prefix.count <= bytes.count else { return false }
        for index in prefix.indices where self[start + index] != prefix[index] { return false }
        return true
    }

    /// - Parameter word: in lower case.
    func startsIgnoringCase(with word: StaticString, at start: Int) -> Bool {
        guard start >= 0, start + word.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<word.utf8CodeUnitCount
        where unsafe self[start + index].lowered != word.utf8Start[index] { return false }
        return true
    }

    /// - Parameter word: in lower case.
    func contains(_ word: StaticString, in range: Range<Int>) -> Bool {
        let length = word.utf8CodeUnitCount
        guard range.count >= length else { return false }
        let first = unsafe word.utf8Start[0]
        for start in range.lowerBound...(range.upperBound - length)
        where self[start].lowered == first && startsIgnoringCase(with: word, at: start) { return true }
        return false
    }

    func equalsIgnoringCase(_ word: StaticString, in range: Range<Int>) -> Bool {
        range.count == word.utf8CodeUnitCount && startsIgnoringCase(with: word, at: range.lowerBound)
    }

    /// The first place from `start` on that is no blank, at most `limit` on.
    func skippingBlanks(_ start: Int, limit: Int = 32) -> Int {
        var at = start
        while at < bytes.count, at - start < limit, self[at].isBlank { at += 1 }
        return at
    }

    /// The place behind the last byte before `end` that is no blank, at most `limit` back.
    func skippingBlanksBack(_ end: Int, limit: Int = 32) -> Int {
        var at = end
        while at > 0, end - at < limit, self[at - 1].isBlank { at -= 1 }
        return at
    }

    /// Whether no word runs into this place from the left. The letters of `\n`, `%3D` and a colour's `…m` are no word,
    /// but the pass knows those (`SecretScan`).
    func isWordStart(_ index: Int) -> Bool { !self[index - 1].isAlphanumeric || isJoint(index) }

    /// Whether an escape like `\n`, `%3D` or a colour's `…m` ends before this place, so that its letter is none of a word.
    func isBehindEscape(_ index: Int) -> Bool {
        if isJoint(index) || self[index - 2] == .backslash { return true }
        if self[index - 3] == UInt8(ascii: "%") { return Alphabet.hexadecimal.contains(self[index - 1]) }
        guard self[index - 1] == UInt8(ascii: "m") else { return false }
        var at = index - 2
        while index - at < 16, self[at].isDigit || self[at] == UInt8(ascii: ";") { at -= 1 }
        return self[at] == UInt8(ascii: "[") && self[at - 1] == 27
    }

    /// Whether something that nobody sees was left out before this place.
    func isJoint(_ index: Int) -> Bool {
        var (low, high) = (0, joints.count)
        while low < high {
            let middle = (low + high) / 2
            if joints[middle] < index { low = middle + 1 } else { high = middle }
        }
        return low < joints.count && joints[low] == index
    }

    /// Whether a replacement ends before this place; the kind it names is no name of what follows.
    func isBehindMark(_ end: Int) -> Bool {
        guard self[end - 1] == UInt8(ascii: "]") else { return false }
        var at = end - 1
        while at > 0, end - at < 48, self[at - 1].isAlphanumeric || self[at - 1] == .dash || self[at - 1] == .colon {
            at -= 1
        }
        return startsIgnoringCase(with: "[redacted:", at: at - 1)
    }

    /// The replacement for a secret, as it was written by an earlier run.
    func holdsMark(_ range: Range<Int>) -> Bool {
        contains("[redacted:", in: range.lowerBound..<min(range.upperBound, range.lowerBound + 512))
    }
}
