internal import ArgumentParser
internal import Domain
internal import Operations
internal import Platform
internal import Settings
internal import Storage

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Opens the companion's page in the browser, all of it, and says which browsers have it open.",
        discussion: """
            The browser gets a session of its own, for a day. Prints an address where there is no browser to open, and with
            --print. It opens the page once, within ten minutes; whoever does so first may change things. For a page on a
            Unix socket it prints a command instead.

            Examples:
              ssh -L 7391:127.0.0.1:7391 host, then there: holdfast dashboard --print
              holdfast dashboard --revoke all
            """
    )

    @Flag(help: "Only print the address.")
    var print = false

    @Flag(help: "List the sessions of browsers: ID, port, since when, until when.")
    var sessions = false

    @Option(help: ArgumentHelp("End this session of a browser, or all.", valueName: "id"))
    var revoke: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard [print, sessions, revoke != nil].filter({ $0 }).count <= 1 else {
            throw ValidationError("--print, --sessions and --revoke exclude each other; give one")
        }
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            if sessions { return try list(place.browserSessions()) }
            if let revoke { return try show(try place.revokeBrowserSessions(revoke)) }
            switch try place.dashboardDoor() {
            case .socket(let path, let token):
                if output.json { return try Terminal.printJSON(["socket": path]) }
                Terminal.say(
                    "printf 'header = \"Authorization: Bearer %s\"' \"$(cat '\(token)')\" | "
                        + "curl -K - --unix-socket '\(path)' http://localhost/api/v1/status")
            case .page(let entry):
                if output.json { return try Terminal.printJSON(["url": entry.url]) }
                if print || !open(entry) { Terminal.say(entry.url) }
            }
        }
    }

    private func list(_ sessions: [BrowserSession]) throws {
        if output.json { return try Terminal.printJSON(["sessions": sessions]) }
        guard !sessions.isEmpty else { return Terminal.say("no browser has a session") }
        Terminal.printTable(
            sessions.map { [$0.id, "\($0.port)", Terminal.away($0.began_at), Terminal.away($0.expires_at)] },
            head: ["ID", "PORT", "SINCE", "UNTIL"])
    }

    private func show(_ revoked: Int) throws {
        if output.json { return try Terminal.printJSON(["revoked": revoked]) }
        Terminal.say("ended \(counted(revoked, "session"))")
    }

    /// - Returns: whether there is something that opens browsers. It may become the browser, and run for days.
    private func open(_ entry: DashboardEntry) -> Bool {
        let environment = Settings.processEnvironment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil,
            let opener = CompanionStarter.executable("xdg-open"), let page = try? entry.writePage(),
            Detached.start(opener, arguments: [page])
        else { return false }
        Terminal.warn("opened \(page); if the browser cannot read it: holdfast dashboard --print")
        return true
    }
}
