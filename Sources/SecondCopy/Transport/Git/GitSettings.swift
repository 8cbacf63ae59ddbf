/// What git is told besides its arguments: an environment that holds nothing of ours but this.
struct GitSettings: Sendable {
    let remote: GitRemote

    static let remoteName = "holdfast-copy"

    /// Of our environment: how to find programs and keys, and the way out of this network.
    private static let passed = [
        "PATH", "HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "TMPDIR", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "GIT_SSL_CAINFO", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
    ]

    /// Before all that a user has set.
    private var settings: [(String, String)] {
        [
            ("remote.\(Self.remoteName).url", remote.url),
            // Nobody's programs run with ours, and no address is one.
            ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"), ("core.askPass", ""),
            ("protocol.allow", "never"), ("protocol.file.allow", "always"), ("protocol.ssh.allow", "always"),
            ("protocol.https.allow", "always"), ("protocol.http.allow", "always"),
            // A connection over which next to nothing comes for a minute is none.
            ("http.lowSpeedLimit", "1000"), ("http.lowSpeedTime", "60"),
            // Sealed bytes get no smaller, and resemble no others.
            ("core.compression", "0"), ("pack.window", "0"), ("core.bigFileThreshold", "512k"),
            ("gc.auto", "0"), ("maintenance.auto", "false"), ("core.fsync", "all"), ("core.autocrlf", "false"),
        ] + (remote.caFile.isEmpty ? [] : [("http.sslCAInfo", remote.caFile)]) + remote.settings
    }

    /// - Parameter inherited: the environment of this process.
    func environment(_ inherited: [String: String], index: String) -> [String: String] {
        var environment = inherited.filter { Self.passed.contains($0.key) }
        // What it says is read by us, in one language.
        environment["LC_ALL"] = "C"
        // Commits say when, and not where; with its offset it is looked up in no file.
        environment["TZ"] = "UTC0"
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        environment["GIT_INDEX_FILE"] = index
        environment["GIT_SSH_COMMAND"] =
            "ssh -oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=15 -oServerAliveCountMax=4"
        environment["GIT_SSH_VARIANT"] = "ssh"
        for who in ["AUTHOR", "COMMITTER"] {
            environment["GIT_\(who)_NAME"] = "holdfast"
            environment["GIT_\(who)_EMAIL"] = "holdfast@localhost"
        }
        let settings = settings
        environment["GIT_CONFIG_COUNT"] = "\(settings.count)"
        for (number, (name, value)) in settings.enumerated() {
            environment["GIT_CONFIG_KEY_\(number)"] = name
            environment["GIT_CONFIG_VALUE_\(number)"] = value
        }
        return environment
    }
}
