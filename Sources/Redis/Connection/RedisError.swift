internal import Domain
package import Platform

/// What can go wrong between us and a Redis server, told apart by what the caller can do about it.
package enum RedisError: Error, Equatable {
    /// No server answered within the deadline, or the connection broke. Hooks leave a note; the companion tries again.
    case unreachable(reason: String)
    /// Something listens there but did not answer within the deadline.
    case timedOut(reason: String)
    /// Who answers there may be somebody else, and was told nothing. Hooks leave a note.
    case foreign(OwnershipFault)
    /// Who wrote there is newer than we are, and it was told nothing. Hooks leave a note.
    case newer(reason: String)
    /// The server is there but does not serve us now (`LOADING`, `READONLY`, `BUSY`, `OOM`, `NOAUTH`, …); the same call may
    /// work later, when it, its memory or our login has been mended.
    case notNow(message: String)
    /// The server answered with an error that will not go away by waiting, such as `WRONGTYPE`.
    case rejected(message: String)
    /// The answer has another shape than the caller can read.
    case unexpectedReply(expected: String)

    /// Sorts an error reply by its first word, the code (<https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors>).
    package init(reply message: String) {
        // Of the companion's relay: what stands behind it did not answer.
        if message.hasPrefix(Self.upstream) {
            self = .unreachable(reason: "cannot reach Redis: \(message.dropFirst(Self.upstream.count))")
            return
        }
        let transient = [
            "LOADING", "READONLY", "MASTERDOWN", "BUSY", "OOM", "TRYAGAIN", "CLUSTERDOWN", "MISCONF",
            "NOAUTH", "WRONGPASS", "NOPERM", "NOREPLICAS",
        ]
        self = transient.contains(Self.code(message)) ? .notNow(message: message) : .rejected(message: message)
    }

    private static let upstream = "UPSTREAM "

    /// The first word of what the server answered, such as `READONLY`; empty where it answered nothing of the kind.
    package var code: String {
        switch self {
        case .notNow(let message), .rejected(let message): Self.code(message)
        case .unreachable, .timedOut, .foreign, .newer, .unexpectedReply: ""
        }
    }

    /// Of what a script was refused Redis says "ERR …", and what it means further on: 7.0 of rights "The user executing the
    /// script can't …", later ones "ACL failure in script".
    private static func code(_ message: String) -> String {
        let within = [
            ("OOM command not allowed", "OOM"), ("The user executing the script can't", "NOPERM"),
            ("ACL failure in script", "NOPERM"),
        ]
        return within.first { ByteSearch.contains(message, $0.0) }?.1 ?? String(message.prefix { $0 != " " })
    }

    /// Whether the same call may work later without anybody changing anything.
    package var isAway: Bool {
        switch self {
        case .unreachable, .timedOut, .foreign, .newer, .notNow: true
        case .rejected, .unexpectedReply: false
        }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason), .timedOut(let reason), .newer(let reason): reason
        case .foreign(let fault): "\(fault)"
        case .notNow(let message), .rejected(let message): message
        case .unexpectedReply(let expected): "Redis answered something else than \(expected)"
        }
    }
}
