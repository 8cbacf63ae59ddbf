internal import Domain

/// One answer of the server, copied out of hiredis.
package enum RedisReply: Sendable, Equatable {
    case null
    case integer(Int64)
    /// A bulk string or a status such as `OK`; bytes that are not UTF-8 are repaired.
    case text(String)
    case array([RedisReply])
    case error(String)

    package var text: String? {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .null, .array, .error: nil
        }
    }

    /// nil also for a number that is none of ours.
    package var integer: Int64? {
        switch self {
        case .integer(let number): StoredNumber.of(number)
        case .text(let text): StoredNumber.of(text)
        case .null, .array, .error: nil
        }
    }

    package var array: [RedisReply]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A hash as `HGETALL` sends it: names and values in turn. Empty when this is no such array.
    package var fields: [String: String] {
        guard let array else { return [:] }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: array.count - 1, by: 2) {
            if let name = array[index].text, let value = array[index + 1].text { fields[name] = value }
        }
        return fields
    }
}
