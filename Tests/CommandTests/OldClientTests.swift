import Domain
import Settings
import TestSupport
import Testing

/// Clients that do not know an event of the plugin drop its hooks without a word.
@Suite(.redisServer) struct OldClientTests {
    /// A client on the PATH that says its version and has the plugin.
    private func put(_ version: String, _ house: House) throws -> [String: String] {
        _ = try house.scratch.writeExecutable(
            """
            #!/bin/sh
            case "$1 $2" in
            "--version ") echo "\(version) (Claude Code)" ;;
            "plugin list") echo '[{"id":"holdfast@holdfast","enabled":true}]' ;;
            *) echo ran ;;
            esac
            """, to: "lib/cli")
        _ = try house.scratch.write(
            #"{"name":"@anthropic-ai/claude-code","version":"\#(version)"}"#, to: "lib/package.json")
        _ = try house.scratch.writeExecutable(
            "#!/bin/sh\nexec '\(house.scratch.path)/lib/cli' \"$@\"\n", to: "path/claude")
        return ["PATH": "\(house.scratch.path)/path:\(Built.folder):\(Settings.processEnvironment["PATH"] ?? "")"]
    }

    @Test(arguments: [("2.1.77", true), ("1.0.128", true), ("2.1.81", false), ("2.1.332", false), ("3.0.0", false)])
    func areNamedOnEverySurface(version: String, isTooOld: Bool) async throws {
        let house = try House()
        let path = try put(version, house)
        let told = "Claude Code \(version) drops the plugin's hooks in silence"
        let status = try await house.holdfast("hooks", "status", with: path)
        #expect(status.error.contains(told) == isTooOld && status.code == (isTooOld ? 1 : 0), "\(status)")
        let doctor = try await house.holdfast("doctor", with: path)
        #expect(doctor.output.contains(told) == isTooOld, "\(doctor)")
        if isTooOld { #expect(doctor.code != 0) }
        let install = try await house.holdfast("hooks", "install", with: path)
        #expect(install.error.contains(told) == isTooOld, "\(install)")
        // It answers its prompt all the same.
        let client = house.scratch.path + "/lib/cli"
        let dispatch = try await house.holdfast("dispatch", "coder/1", "--", client, "-p", with: path)
        #expect(dispatch.output == "ran\n" && dispatch.error.contains(told) == isTooOld, "\(dispatch)")
    }
}
