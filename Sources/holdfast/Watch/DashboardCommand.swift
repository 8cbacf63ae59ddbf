internal import ArgumentParser
internal import Authentication
internal import Domain
internal import Operations
internal import Platform
internal import Settings
internal import Storage

struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Opens the companion's page in the browser, by an address that shows all of it once.",
        discussion: """
            Prints the address where there is no browser to open, and with --print. It opens the page once, within ten
            minutes; whoever does so first may change things. For a page on a Unix socket it prints a command instead.

            Example:
              ssh -L 7391:127.0.0.1:7391 host, then there: holdfast dashboard --print
            """
    )

    @Flag(help: "Only print the address.")
    var print = false

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            guard place.settings.configuration.dashboardIsOn else {
                throw Failure(.configuration, "dashboard.enabled is false", remedy: "set it to true in holdfast.json")
            }
            guard CompanionStarter(settings: place.settings).isCompanionRunning else {
                throw Failure(.no, "no companion runs on this host", remedy: "holdfast up")
            }
            guard let token = try? Files.read(place.settings.state.dashboardToken, limit: 256) else {
                throw Failure(
                    .no, "there is no \(place.settings.state.dashboardToken) yet",
                    remedy: "see log/companion.log in the state folder")
            }
            let address = place.settings.configuration.dashboardAddress
            if case .unix(let path)? = LoopbackAddress(address) {
                if output.json { return try Terminal.printJSON(["socket": path]) }
                let file = place.settings.state.dashboardToken
                return Swift.print(
                    "printf 'header = \"Authorization: Bearer %s\"' \"$(cat '\(file)')\" | "
                        + "curl -K - --unix-socket '\(path)' http://localhost/api/v1/status")
            }
            // The arguments of a program are for everybody on the host to read.
            let pass = DashboardPass(token: token.filter { !$0.isNewline }, now: HostClock.wallMilliseconds)
            let url = "http://\(address)/?pass=\(pass.text)"
            if output.json { return try Terminal.printJSON(["url": url]) }
            if print || !open(url) { Swift.print(url) }
        }
    }

    /// - Returns: whether there is something that opens browsers. It may become the browser, and run for days.
    private func open(_ url: String) -> Bool {
        let environment = Settings.processEnvironment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil,
            let opener = CompanionStarter.executable("xdg-open")
        else { return false }
        return Detached.start(opener, arguments: [url])
    }
}
