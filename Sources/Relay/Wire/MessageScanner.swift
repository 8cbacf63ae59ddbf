internal import NIOCore

/// Finds where a message of Redis' protocol ends, however its bytes arrive: what was looked at is not looked at again
/// (RESP2, <https://redis.io/docs/latest/develop/reference/protocol-spec/>).
struct MessageScanner {
    enum Fault: Error, Equatable {
        /// No message begins so, or none goes on so.
        case malformed
        /// Larger than `bytes`, or of more than `elements` elements.
        case tooLarge
    }

    /// As large as a command or an answer of ours may be; the largest have some ten megabytes.
    static let bytes = 64 << 20
    static let elements = 1 << 20
    /// `COMMAND DOCS`, which `redis-cli` asks when it starts, nests nine deep.
    private static let depth = 32
    /// Of what is no bulk string: numbers, states and errors.
    private static let lineBytes = 64 << 10

    /// How much of the message has been looked at.
    private var position = 0
    /// Of each array that is open, how many elements are to come; the message itself is one.
    private var open = [1]
    private var count = 0

    /// - Parameter buffer: from the message's first byte on.
    /// - Returns: the message's length once it is whole, and the scanner begins anew; nil before.
    mutating func end(in buffer: ByteBuffer) throws(Fault) -> Int? {
        let view = buffer.readableBytesView
        while let line = try line(in: view) {
            guard try take(line, of: view) else { return nil }
            while let last = open.last, last == 0 { open.removeLast() }
            if open.isEmpty {
                let length = position
                self = MessageScanner()
                return length
            }
        }
        return nil
    }

    private struct Line {
        var type: UInt8
        var number: Int?
        /// Behind its end.
        var next: Int
    }

    private func line(in view: ByteBufferView) throws(Fault) -> Line? {
        let start = view.startIndex + position
        guard start < view.endIndex else { return nil }
        let limit = min(view.endIndex, start + Self.lineBytes)
        guard let end = view[start..<limit].firstIndex(of: UInt8(ascii: "\r")), end + 1 < view.endIndex else {
            guard limit == view.endIndex else { throw .tooLarge }
            return nil
        }
        guard view[end + 1] == UInt8(ascii: "\n") else { throw .malformed }
        return Line(
            type: view[start], number: Self.number(view[(start + 1)..<end]), next: end + 2 - view.startIndex)
    }

    /// - Returns: false where what the line announces is not there yet.
    private mutating func take(_ line: Line, of view: ByteBufferView) throws(Fault) -> Bool {
        switch line.type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"):
            position = line.next
        case UInt8(ascii: "$"):
            guard let length = line.number, length >= -1 else { throw .malformed }
            guard length <= Self.bytes else { throw .tooLarge }
            let next = length < 0 ? line.next : line.next + length + 2
            guard next <= view.count else { return false }
            if length >= 0, view[view.startIndex + next - 1] != UInt8(ascii: "\n") { throw .malformed }
            position = next
        case UInt8(ascii: "*"):
            guard let length = line.number, length >= -1 else { throw .malformed }
            count += max(0, length)
            guard count <= Self.elements, open.count <= Self.depth else { throw .tooLarge }
            position = line.next
            open[open.count - 1] -= 1
            if length > 0 { open.append(length) }
            return true
        default: throw .malformed
        }
        guard position <= Self.bytes else { throw .tooLarge }
        open[open.count - 1] -= 1
        return true
    }

    private static func number(_ digits: ByteBufferView) -> Int? {
        var number = 0, rest = digits[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.count <= 10 else { return nil }
        for digit in rest {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -number : number
    }
}
