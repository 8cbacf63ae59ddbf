import Domain
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// Who may work on a Redis on which a newer version has worked.
@Suite(.redisServer) struct SharedSchemaTests {
    private func beat(_ registry: inout Registry) throws -> SchemaRecord? {
        try registry.connection.run(Beat(registry.keys, host: "h", pid: 7, version: "1.2", startedMilliseconds: 8))
    }

    @Test func theFirstSaysWhatItWrites() throws {
        var registry = try Registry()
        #expect(try beat(&registry) == nil)
        let told = SchemaRecord(fields: try registry.connection.ask(HGETALL(registry.keys.schema)))
        #expect(told.schema == SharedSchema.own && told.oldest == SharedSchema.oldest && told.version == "1.2")
    }

    /// One that may work beside a newer one leaves its word alone.
    @Test func aNewerWordStays() throws {
        var registry = try Registry()
        let newer = ["schema": "\(SharedSchema.own + 1)", "oldest": "\(SharedSchema.own)", "version": "9.1"]
        for (name, value) in newer { _ = try registry.connection.ask(HSET(registry.keys.schema, name, value)) }
        #expect(try beat(&registry) == nil)
        #expect(try registry.connection.ask(HGETALL(registry.keys.schema)) == newer)
        #expect(try registry.connection.ask(registry.registry.heartbeat(of: "h")) != nil)
    }

    @Test func theTooOldIsNotHeard() throws {
        var registry = try Registry()
        let newer = ["schema": "\(SharedSchema.own + 2)", "oldest": "\(SharedSchema.own + 1)", "version": "9.1"]
        for (name, value) in newer { _ = try registry.connection.ask(HSET(registry.keys.schema, name, value)) }
        let told = try #require(try beat(&registry))
        #expect(told.fields == newer && told.refusal() != nil)
        #expect(try registry.connection.ask(registry.registry.heartbeat(of: "h")) == nil)
    }

    @Test(arguments: [["SET", "text"], ["HSET", "oldest", "many"], ["LPUSH", "3"]])
    func whatAHandPutThereForbidsNothing(command: [String]) throws {
        var registry = try Registry()
        _ = try registry.connection.send([command[0], registry.keys.schema.name] + command.dropFirst())
        #expect(try beat(&registry) == nil)
        #expect(try registry.connection.ask(HGETALL(registry.keys.schema))["schema"] == "\(SharedSchema.own)")
    }

    private func settings(_ scratch: borrowing Scratch, _ namespace: String, of server: RedisServer) throws -> Settings
    {
        let settings = try Settings.load(environment: [
            "HOME": scratch.path, "HOLDFAST_STATE_DIR": scratch.path + "/state", "HOLDFAST_NAMESPACE": namespace,
            "HOLDFAST_REDIS_URL": "unix:\(server.socket)",
        ])
        try settings.state.prepare()
        return settings
    }

    /// Who asks leaves word for those who have no time to, and takes it back.
    @Test func whoAsksTellsTheOthers() throws {
        let scratch = try Scratch(), server = try RedisServer.ofSuite()
        let settings = try settings(scratch, "schema-told", of: server),
            other = try self.settings(scratch, "schema-else", of: server)
        let connector = RedisConnector(settings)
        var connection = try connector.open(.commandLine)
        _ = try connector.connect(.hook)
        _ = try connection.ask(HSET(settings.keys.schema, "oldest", "\(SharedSchema.own + 1)"))
        // Nobody has asked yet.
        _ = try connector.connect(.hook)
        #expect(throws: RedisError.self) { _ = try connector.open(.commandLine) }
        do throws(RedisError) {
            _ = try connector.connect(.hook)
            Issue.record("it is told all the same")
        } catch {
            guard case .newer(let reason) = error else { throw error }
            #expect(reason.contains("a newer holdfast") && error.isAway, "\(reason)")
        }
        // Another Redis is another matter.
        _ = try RedisConnector(other).connect(.hook)
        _ = try connection.send(["DEL", settings.keys.schema.name])
        _ = try connector.open(.commandLine)
        _ = try connector.connect(.hook)
        #expect(!Files.exists(settings.state.schemaMark))
    }

    /// A host that was updated meanwhile goes by no word of before, nor by a damaged one.
    @Test(arguments: ["1\nX\nold\n", "", "99", "many\nX\nno\n", "\u{0}\u{1}\n\n\n"])
    func aWordOfBeforeForbidsNothing(text: String) throws {
        let scratch = try Scratch(), server = try RedisServer.ofSuite()
        let settings = try settings(scratch, "schema-before", of: server)
        let place = "unix:\(server.socket) \(settings.keys.schema)"
        try Files.write(text.replacing("X", with: place), to: settings.state.schemaMark)
        _ = try RedisConnector(settings).connect(.hook)
    }
}
