import Archive
import Domain
import Integrity
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// A host of a test's own: state folder, archive, keys on the suite's Redis.
struct TestHost {
    let scratch: Scratch
    let settings: Settings
    let server: RedisServer
    let host = "box-1"

    init(_ configuration: String = "{}") throws {
        scratch = try Scratch()
        server = try RedisServer.ofSuite()
        try scratch.write(configuration, to: "config/holdfast.json")
        settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state",
            "HOLDFAST_CONFIG_DIR": scratch.path + "/config", "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
            "HOLDFAST_NAMESPACE": "host-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
        ])
        try settings.state.prepare()
    }

    var keys: Keys { settings.keys }
    var pool: PoolKeys { settings.poolKeys(host: host) }
    var store: CheckpointStore { CheckpointStore(settings.state) }
    var archiveStore: any ArchiveStore { ArchiveStores.at(settings.archivePath(host: host)) }

    func redis(_ words: [String]) throws -> RedisReply {
        var connection = try server.connect()
        return try connection.send(words)
    }

    func make(_ reason: Checkpoint.Reason = .by_hand, at now: Int64 = HostClock.wallMilliseconds) throws -> Checkpoint {
        var connection: RedisConnection? = try server.connect()
        return try #require(
            try CheckpointMaker(settings: settings, host: host).make(reason, over: &connection, now: now))
    }

    func giveBackKeys(of id: String, isDryRun: Bool = false) throws -> CheckpointRestore.KeyTally {
        var connection = try server.connect()
        return try CheckpointRestore(id, settings: settings, host: host).keys(
            over: &connection, isDryRun: isDryRun, now: HostClock.wallMilliseconds)
    }

    /// Every key of the namespace with its value.
    func values() throws -> [String: StoredValue] {
        var connection = try server.connect()
        var all: [String: StoredValue] = [:]
        try connection.dump(keys, now: { 0 }) { all[$0.key.name] = $0.value }
        return all
    }

    func removeAllKeys() throws {
        var connection = try server.connect()
        try connection.removeAll(of: keys)
    }

    /// An episode with these words.
    func archived(_ number: Int, _ text: String) throws {
        let archive = try archiveStore.open(id: nil)
        _ = try archive.ingest([Self.episode(number, text)], nowMilliseconds: 1)
        try archive.close()
    }

    private static func episode(_ number: Int, _ text: String) -> StoredEpisode {
        let content = EpisodeEntry(
            uuid: "e\(number)", hash: Checksum.fnv1a("\(number)").hexadecimal, role: .user,
            at: "2026-01-01T00:00:00.000Z", text: text
        ).json
        let path = "/t/\(number).jsonl", file = FileID(host: "box-1", path: "/t/\(number).jsonl")
        return StoredEpisode(
            id: EpisodeID(file: file, generation: 0, bytes: 0..<100, content: content),
            sessionID: "0f3c1a52-1111-4222-8333-12345678900\(number)", host: "box-1", sessionFile: path, file: file,
            bytes: 0..<100, capturedMilliseconds: 1000, entryCount: 1, content: content)
    }
}
