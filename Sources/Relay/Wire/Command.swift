internal import Domain
internal import NIOCore

/// One command of a client, with what the relay has to know of it: where it belongs.
struct Command {
    enum Kind: Equatable {
        /// To the server that has the slot.
        case keyed(slot: UInt16)
        /// To whichever server the client talks to.
        case anywhere
        /// To all servers, one after the other, by a position that says how far it came.
        case walk(position: String)
        /// As `keyed`, by a connection of its own, since it may wait for as long as it says.
        case waiting(slot: UInt16, milliseconds: Int64)
        /// How the relay itself is.
        case report
        /// The client goes.
        case farewell
        /// It would change what is said on a connection that others share.
        case refused(reason: String)
    }

    /// As they came.
    let bytes: ByteBuffer
    let kind: Kind

    /// - Parameter message: whole; nil where it is no array of strings.
    init?(_ message: ByteBuffer) {
        guard let words = Words(message), words.count > 0 else { return nil }
        bytes = message
        kind = Self.kind(of: words)
    }

    /// Where its keys lie; nil where it has none.
    var slot: UInt16? {
        switch kind {
        case .keyed(let slot), .waiting(let slot, _): slot
        case .anywhere, .walk, .report, .farewell, .refused: nil
        }
    }

    /// Words put together for a server.
    static func message(_ words: [String]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString("*\(words.count)\r\n")
        for word in words { buffer.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
        return buffer
    }

    /// A walk's command for one server.
    func walking(from position: String) -> ByteBuffer {
        guard let words = Words(bytes) else { return bytes }
        return Self.message(["SCAN", position] + (2..<words.count).map(words.text))
    }

    private static let keyless: Set<String> = [
        "PING", "ECHO", "TIME", "INFO", "CONFIG", "COMMAND", "DBSIZE", "SCRIPT", "LASTSAVE", "BGSAVE", "BGREWRITEAOF",
        "LATENCY", "SLOWLOG", "ACL", "CLUSTER", "ROLE", "RANDOMKEY", "FUNCTION",
    ]
    /// Their key is the third word.
    private static let subcommands: Set<String> = ["MEMORY", "OBJECT", "XINFO", "XGROUP"]
    private static let scripts: Set<String> = ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"]
    /// By what each would change, or hold up, for all who share a connection.
    private static let refused: [String: String] = {
        let groups: [(String, [String])] = [
            ("name the database in redis.url", ["SELECT", "SWAPDB"]),
            ("login is the relay's, by redis.url and redis.password_file", ["AUTH", "HELLO", "RESET"]),
            (
                "a transaction needs a connection of its own; use a script",
                ["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"]
            ),
            (
                "it needs a connection of its own; go to the server itself",
                [
                    "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR",
                    "CLIENT", "SYNC", "PSYNC", "WAIT", "WAITAOF", "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH",
                    "BZPOPMIN", "BZPOPMAX", "BZMPOP", "ASKING", "READONLY", "READWRITE", "REPLCONF",
                ]
            ),
            (
                "it concerns the whole server; go to it itself",
                [
                    "SHUTDOWN", "DEBUG", "PFDEBUG", "MODULE", "FAILOVER", "REPLICAOF", "SLAVEOF", "MIGRATE", "FLUSHALL",
                    "FLUSHDB", "KEYS",
                    "SAVE",
                ]
            ),
        ]
        return Dictionary(uniqueKeysWithValues: groups.flatMap { reason, names in names.map { ($0, reason) } })
    }()

    private static func kind(of words: Words) -> Kind {
        let name = words.text(0).uppercased()
        if let reason = refused[name] { return .refused(reason: "\(name) is not passed on by the relay: \(reason)") }
        func keyed(by index: Int) -> Kind {
            index < words.count ? .keyed(slot: ClusterSlot.of(words.bytes(index))) : .anywhere
        }
        switch name {
        case "RELAY": return .report
        case "QUIT": return .farewell
        case "SCRIPT" where words.count > 1 && words.text(1).uppercased() == "DEBUG":
            return .refused(reason: "SCRIPT DEBUG is not passed on by the relay: it changes the connection")
        case "SCAN": return words.count > 1 ? .walk(position: words.text(1)) : .anywhere
        case _ where keyless.contains(name): return .anywhere
        case _ where scripts.contains(name):
            return words.count > 3 && words.text(2) != "0" ? keyed(by: 3) : .anywhere
        case _ where subcommands.contains(name): return keyed(by: 2)
        case "XREAD", "XREADGROUP": return stream(words, keyed)
        default: return keyed(by: 1)
        }
    }

    /// `XREAD [COUNT n] [BLOCK ms] STREAMS key … id …`
    private static func stream(_ words: Words, _ keyed: (Int) -> Kind) -> Kind {
        var patience: Int64?
        for index in 1..<max(1, words.count) {
            switch words.text(index).uppercased() {
            case "BLOCK" where index + 1 < words.count: patience = Int64(words.text(index + 1))
            case "STREAMS":
                guard case .keyed(let slot) = keyed(index + 1), let patience else { return keyed(index + 1) }
                return .waiting(slot: slot, milliseconds: patience)
            default: break
            }
        }
        return .anywhere
    }
}

/// Where the words of a command lie in its bytes.
private struct Words {
    private let view: ByteBufferView
    private var ranges: [Range<Int>] = []

    init?(_ message: ByteBuffer) {
        view = message.readableBytesView
        var position = view.startIndex
        func header(_ type: Character) -> Int? {
            guard position < view.endIndex, view[position] == type.asciiValue,
                let end = view[position...].firstIndex(of: UInt8(ascii: "\r"))
            else { return nil }
            defer { position = end + 2 }
            return Int(String(decoding: view[(position + 1)..<end], as: UTF8.self))
        }
        guard let count = header("*"), count > 0 else { return nil }
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = header("$"), length >= 0, position + length + 2 <= view.endIndex else { return nil }
            ranges.append(position..<(position + length))
            position += length + 2
        }
    }

    var count: Int { ranges.count }

    func bytes(_ index: Int) -> ByteBufferView { view[ranges[index]] }

    /// Of long words, such as a script's text, only the beginning counts.
    func text(_ index: Int) -> String { String(decoding: view[ranges[index]].prefix(4096), as: UTF8.self) }
}
