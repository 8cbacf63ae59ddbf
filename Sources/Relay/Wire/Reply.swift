internal import NIOCore

/// What a server answered to a question of the relay's own.
indirect enum Reply: Equatable {
    case null
    case integer(Int)
    case text(String)
    case error(String)
    case array([Reply])

    /// - Parameter message: whole.
    init(_ message: ByteBuffer) {
        var rest = message
        self = Self.next(&rest)
    }

    private static func next(_ rest: inout ByteBuffer) -> Reply {
        guard let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\r")),
            let type = rest.readInteger(as: UInt8.self),
            let line = rest.readString(length: end - rest.readerIndex)
        else { return .null }
        rest.moveReaderIndex(forwardBy: 2)
        switch type {
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"): return Int(line).map { .integer($0) } ?? .null
        case UInt8(ascii: "$"):
            guard let length = Int(line), let text = rest.readString(length: length) else { return .null }
            rest.moveReaderIndex(forwardBy: 2)
            return .text(text)
        case UInt8(ascii: "*"):
            return .array((0..<max(0, Int(line) ?? 0)).map { _ in next(&rest) })
        default: return .text(line)
        }
    }

    var text: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .null, .error, .array: nil
        }
    }

    var integer: Int? {
        switch self {
        case .integer(let number): number
        case .text(let text): Int(text)
        case .null, .error, .array: nil
        }
    }

    var array: [Reply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// Names and values in turn, as `SENTINEL MASTER` answers.
    var fields: [String: String] {
        let words = (array ?? []).map { $0.text ?? "" }
        return Dictionary(
            stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }, uniquingKeysWith: { $1 })
    }
}

/// The code with which an error of a server begins, where the message is one.
enum ErrorCode {
    /// - Returns: the error's line without the `-`; nil for any other message.
    static func line(of message: ByteBuffer) -> String? {
        let view = message.readableBytesView
        guard view.first == UInt8(ascii: "-"), let end = view.firstIndex(of: UInt8(ascii: "\r")) else { return nil }
        return String(decoding: view[(view.startIndex + 1)..<end], as: UTF8.self)
    }
}
