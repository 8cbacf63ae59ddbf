internal import Domain
internal import Platform
package import SecondCopy
package import Settings

/// Where the second copy of the settings is: what is written to, by which key.
package struct RemotePlace: Sendable {
    package let settings: Settings
    package let host: String
    /// The address, for people.
    package let url: String
    /// A folder, and no repository of git.
    package let isFolder: Bool

    /// - Parameter url: nil for that of the settings.
    /// - Returns: nil where none is set.
    package init?(_ settings: Settings, host: String, url: String? = nil) {
        let url = url ?? settings.configuration.remote.url
        guard !url.isEmpty else { return nil }
        self.settings = settings
        self.host = host
        self.url = url
        isFolder = url.hasPrefix("/") && !["HEAD", ".git"].contains { Files.exists("\(url)/\($0)") }
    }

    /// Of this place alone: another place is another story.
    private var folder: String { "\(settings.state.copy)/\(Checksum.fnv1a(url).hexadecimal)" }
    package var stateFile: String { folder + "/state" }

    package func seal() throws(CopyError) -> Seal {
        guard settings.configuration.remote.encrypts else {
            guard isFolder else {
                throw .refused(reason: "remote.encrypt is false, and only a folder takes a copy in clear")
            }
            return .plain
        }
        return Seal(try KeyFile(settings.remoteKeyFile).read())
    }

    /// - Parameter other: where what is fetched goes, of a git remote; nil for the shelf of this host.
    package func transport(in other: String? = nil) throws(CopyError) -> any CopyTransport {
        let folder = other ?? self.folder
        do throws(FileError) { try Files.makeFolder(folder) } catch { throw CopyError(error) }
        if isFolder { return FolderTransport(url, takesPlain: !settings.configuration.remote.encrypts) }
        return GitTransport(
            try GitRemote(url, token: try token(), caFile: settings.configuration.remote.caFile), folder: folder,
            environment: settings.environment)
    }

    /// For https; nil where there is none.
    package func token() throws(CopyError) -> String? {
        let remote = settings.configuration.remote
        guard !remote.tokenFile.isEmpty else {
            return settings.environment[remote.tokenVariable].flatMap { $0.isEmpty ? nil : $0 }
        }
        do throws(PrivateFile.Fault) {
            return try PrivateFile.read(remote.tokenFile, isNamed: true, limit: 4096).split(
                whereSeparator: \.isWhitespace
            )
            .first.map(String.init)
        } catch {
            throw .refused(reason: "the token cannot be read from \(remote.tokenFile): \(error)")
        }
    }

    package func sync() throws(CopyError) -> CopySync {
        try CopySync(
            host: host, seal: try seal(), transport: try transport(),
            source: HostCopy(settings: settings, host: host), stateFile: stateFile)
    }
}
