internal import Glibc
internal import Platform

/// A file's bytes from an offset on, handed out as whole lines. The buffer grows with the longest line, up to a limit:
/// what is longer was not written by a client, is passed over piece by piece and counted.
struct FileLines {
    private let descriptor: Int32
    private let name: String
    private var buffer: [UInt8]
    /// What of the buffer is not yet handed out.
    private var unread = 0..<0
    /// Up to here there is no line break in `unread`: a long line is not searched again with each piece of it.
    private var searched = 0
    /// Where in the file `unread` begins.
    private(set) var offset: Int64

    /// The last bytes before the buffer.
    private var before: [UInt8]

    /// Bytes of lines that are too long, since this was last asked.
    private var passedOver: Int64 = 0
    /// What comes next belongs to such a line.
    private var isInLongLine = false

    /// Of one line, in bytes; the largest of real transcripts, with pictures in them, have some twenty megabytes.
    static let lineLimit = 64 << 20
    private static let chunk = 256 << 10
    /// Bytes.
    static let tailLength = 4096

    /// - Parameters:
    ///   - descriptor: stays the caller's to close.
    ///   - before: the up to 4 KB before the offset, for `tail`.
    init(_ descriptor: Int32, named name: String, from offset: Int64, before: [UInt8] = []) {
        self.before = before
        self.descriptor = descriptor
        self.name = name
        self.offset = offset
        buffer = [UInt8](repeating: 0, count: Self.chunk)
    }

    /// The up to 4 KB before the offset, as they were read: the file may have been written anew since.
    var tail: [UInt8] {
        let kept = buffer[..<unread.lowerBound].suffix(Self.tailLength)
        return before.suffix(Self.tailLength - kept.count) + kept
    }

    /// How many bytes of lines that are too long were passed over since the last call.
    mutating func takePassedOver() -> Int64 {
        defer { passedOver = 0 }
        return passedOver
    }

    /// Looks at the next line. The file's last is looked at without its line break too, and stays if it is not taken. A
    /// piece of a line that is too long counts as one, and is not looked at.
    /// - Parameter look: gets the line, where in the file it begins, and whether it ends with a line break; answers how many
    ///   of its bytes are done with.
    /// - Returns: whether there was one.
    mutating func next(_ look: (JSONText, Int64, Bool) -> Int) throws(FileError) -> Bool {
        repeat {
            if passOverLongLine() || pass(line(isEnd: false), to: look) { return true }
        } while try fill()
        return pass(line(isEnd: true), to: look)
    }

    private mutating func passOverLongLine() -> Bool {
        guard isInLongLine || unread.count > Self.lineLimit, !unread.isEmpty else { return false }
        let lineBreak = line(isEnd: false)?.upperBound
        let end = lineBreak ?? unread.upperBound
        guard isInLongLine || end - unread.lowerBound > Self.lineLimit else { return false }
        isInLongLine = lineBreak == nil
        offset += Int64(end - unread.lowerBound)
        passedOver += Int64(end - unread.lowerBound)
        unread = end..<unread.upperBound
        searched = end
        return true
    }

    private func line(isEnd: Bool) -> Range<Int>? {
        guard !unread.isEmpty else { return nil }
        return unsafe buffer.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return nil }
            guard let found = unsafe memchr(base + searched, 10, unread.upperBound - searched) else {
                return isEnd ? unread : nil
            }
            let lineBreak = unsafe base.distance(to: found.assumingMemoryBound(to: UInt8.self))
            return unread.lowerBound..<lineBreak + 1
        }
    }

    private mutating func pass(_ line: Range<Int>?, to look: (JSONText, Int64, Bool) -> Int) -> Bool {
        guard let line else {
            searched = unread.upperBound
            return false
        }
        let isEnded = buffer[line.upperBound - 1] == 10
        let taken = unsafe buffer.withUnsafeBufferPointer { bytes in
            unsafe JSONText(UnsafeBufferPointer(rebasing: bytes[line])).map { look($0, offset, isEnded) }
        }
        guard let taken, taken > 0 else { return false }
        unread = line.lowerBound + taken..<unread.upperBound
        searched = unread.lowerBound
        offset += Int64(taken)
        return true
    }

    /// Reads on, making room first. - Returns: false at the end of the file.
    private mutating func fill() throws(FileError) -> Bool {
        if unread.lowerBound > 0 {
            before = tail
            let count = unread.count
            let from = unread.lowerBound
            unsafe buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                unsafe memmove(base, base + from, count)
            }
            searched -= unread.lowerBound
            unread = 0..<count
        }
        if unread.count == buffer.count {
            let most = max(Self.chunk, Self.lineLimit + Self.chunk - buffer.count)
            buffer += [UInt8](repeating: 0, count: min(max(Self.chunk, buffer.count / 2), most))
        }
        let start = unread.upperBound
        while true {
            let place = Int(offset) + start
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(descriptor, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start, place)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: name, number: errno) }
            unread = 0..<start + count
            return count > 0
        }
    }
}
