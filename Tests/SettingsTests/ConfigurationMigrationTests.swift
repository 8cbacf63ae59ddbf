import Domain
import Glibc
import Platform
import Settings
import TestSupport
import Testing

/// What an earlier version, or a person, wrote is brought to this version's form.
@Suite struct ConfigurationMigrationTests {
    private let scratch: Scratch
    private let folder: String

    init() throws {
        scratch = try Scratch()
        folder = scratch.path + "/config"
    }

    private func write(_ text: String) throws { try scratch.write(text, to: "config/holdfast.json") }
    private func read() throws -> String { try Files.read(folder + "/holdfast.json") }
    private func configuration() throws -> Configuration {
        try Settings.load(environment: ["HOME": scratch.path, "HOLDFAST_CONFIG_DIR": folder]).configuration
    }

    @Test(arguments: Setting.all.map(\.path)) func aValueStays(path: String) throws {
        try write("// of mine\n" + OtherValues.file([path: try #require(OtherValues.all[path])]))
        let before = try configuration()
        let migration = try #require(try ConfigurationMigration.plan(in: folder))
        #expect(migration.added == Setting.all.map(\.path).filter { $0 != path })
        let old = try migration.carryOut()
        #expect(try configuration() == before)
        #expect(try Files.read(old) == migration.before)
        let again = try #require(try ConfigurationMigration.plan(in: folder))
        #expect(!again.isNeeded && again.added.isEmpty)
    }

    @Test func whatInitWroteIsLeftAlone() throws {
        _ = try Setting.begin(in: folder)
        #expect(try ConfigurationMigration.plan(in: folder)?.isNeeded == false)
    }

    @Test func aFileWithoutVersionIsOfTheFirst() throws {
        try write(#"{"pool": "a"}"#)
        #expect(try configuration().pool == "a")
        _ = try ConfigurationMigration.plan(in: folder)?.carryOut()
        #expect(try read().contains("\"version\": 1,"))
    }

    /// Its settings may mean something else: said in one sentence, that of the version.
    @Test(arguments: ["2", "0", "-1", "1.5", #""1""#, "null", "99999999999999999999"])
    func aLaterVersionIsNotTakenForOurs(version: String) throws {
        let text = #"{"a_setting": 1, "pool": "b", "version": \#(version)}"#
        try write(text)
        let error = #expect(throws: ConfigurationError.self) { try configuration() }
        let words = "\(try #require(error))"
        #expect(words.contains("holdfast.json:1: version is"), "\(words)")
        #expect(words.contains("install a later one"), "\(words)")
        #expect(throws: ConfigurationError.self) { try ConfigurationMigration.plan(in: folder) }
        #expect(try read() == text)
    }

    @Test func whatIsNotUnderstoodIsNotDropped() throws {
        try write(#"{"pool": "a", "poool": "b"}"#)
        #expect(throws: ConfigurationError.self) { try ConfigurationMigration.plan(in: folder) }
        #expect(try read() == #"{"pool": "a", "poool": "b"}"#)
    }

    /// The file may lie among somebody's dotfiles, and its mode may be for nobody else.
    @Test func aLinkStaysALinkAndAModeAMode() throws {
        try scratch.write(#"{"pool": "a"}"#, to: "dotfiles/holdfast.json")
        try Files.makeFolder(folder)
        let file = scratch.path + "/dotfiles/holdfast.json"
        try Files.setMode(file, 0o640)
        #expect(unsafe symlink(file, folder + "/holdfast.json") == 0)
        for number in 1...2 {
            let migration = try #require(try ConfigurationMigration.plan(in: folder))
            #expect(try migration.carryOut() == Files.realPath(file).map { "\($0).old-\(number)" })
        }
        #expect(try Files.status(folder + "/holdfast.json", followingLinks: false).st_mode & S_IFMT == S_IFLNK)
        #expect(try Files.status(file).st_mode & 0o777 == 0o640)
        #expect(try Files.status(file + ".old-1").st_mode & 0o777 == 0o640)
    }

    @Test func withoutAFileThereIsNothingToBring() throws {
        #expect(try ConfigurationMigration.plan(in: folder) == nil)
    }
}
