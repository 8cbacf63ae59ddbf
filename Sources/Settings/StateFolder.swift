package import Domain
internal import Glibc
package import Platform

/// The folder of one user on one host where everything lies that is not in Redis: 0700, `$XDG_STATE_HOME/holdfast`.
package struct StateFolder: Sendable, Equatable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// Notes not yet in Redis.
    package var spool: String { path + "/spool" }
    /// The mirror of this host's bindings, for when Redis is away.
    package var bindings: String { path + "/bindings" }
    /// Says that the spool has reached its limit.
    package var spoolFullMark: String { path + "/spool.full" }
    /// What was said while recording was off (`RecordingGaps`).
    package var gaps: String { path + "/gaps" }
    /// What clients wrote, byte for byte.
    package var vault: String { path + "/vault" }
    /// What became of this host's promises, for a year.
    package var chronicle: String { path + "/chronicle.sqlite" }
    /// What the second copy needs here: what of the archive changed, conversations, git's shelf, how far it came.
    package var copy: String { path + "/copy" }
    /// Episodes that whoever writes the archive is to look at, an ID each line; gone when that is done.
    package var suspects: String { path + "/suspects" }
    /// There until the archive, made anew, is filled from all that has parts of it (`ArchiveFill`).
    package var fill: String { path + "/fill" }
    /// Snapshots of what is kept (`CheckpointStore`).
    package var checkpoints: String { path + "/checkpoints" }
    /// Transcripts that programs keep with us (`SessionStore`).
    package var store: String { path + "/store" }
    /// What is forgotten, a file for each session (`Tombstone`).
    package var forgotten: String { path + "/forgotten" }
    /// Keys and texts that are forgotten, by sums of them (`ForgottenWishes`).
    package var forgottenWishes: String { path + "/forgotten.wishes" }
    /// Held by who says that something is forgotten, and by who asks that and adds.
    package var forgottenLock: String { locks + "/forgotten" }
    /// A session of which no hook told (`UnreportedMark`).
    package var unreported: String { path + "/unreported" }
    package var locks: String { path + "/locks" }
    /// What a dispatch of a key locks.
    package func lock(of key: DispatchKey) -> String { "\(locks)/\(Checksum.fnv1a(key.rawValue).hexadecimal).lock" }
    /// What a dispatch locks that drives a session, whatever the key.
    package func lock(of session: SessionID) -> String {
        "\(locks)/\(Checksum.fnv1a(session.rawValue).hexadecimal).session"
    }
    package func isLocked(_ key: DispatchKey) -> Bool { FileLock.isHeld(lock(of: key)) }
    package func isLocked(_ session: SessionID) -> Bool { FileLock.isHeld(lock(of: session)) }
    package var redis: String { path + "/redis" }
    package var tracking: String { path + "/tracking.json" }
    /// The version of the companion that wrote this folder last.
    package var version: String { path + "/version" }
    /// What 'holdfast up' did once for this folder: by which version, with which plugin.
    package var setUp: String { path + "/set-up" }
    /// That it was offered to do that.
    package var setUpOffered: String { path + "/set-up.offered" }
    package var companionLock: String { path + "/companion.lock" }
    /// Held while a companion is started or stopped by a person.
    package var controlLock: String { path + "/control.lock" }
    /// What the companion that was started last said before it ended (`StartFailure`).
    package var companionFailure: String { path + "/companion.failed" }
    package var companionLog: String { path + "/log/companion.log" }
    package var hookLog: String { path + "/log/hook.log" }
    package var autostartStamp: String { path + "/autostart.lock" }
    /// Says that a newer version has taken Redis over (`SchemaMark`).
    package var schemaMark: String { path + "/redis.newer" }
    /// Says that a person stopped the companion, and in which boot: until `up` nothing starts it by itself.
    package var stopMark: String { path + "/companion.stopped" }
    /// Says that the companion had to be killed to be stopped; whoever starts next takes it away.
    package var killMark: String { path + "/companion.killed" }
    /// Settings that wait for a restart of the companion, a path a line; there while it runs and any does.
    package var restartMark: String { path + "/companion.restart" }
    /// What shows all of the page and may change things: whoever can read it.
    package var dashboardToken: String { path + "/dashboard.token" }
    /// Sessions of browsers on the page, and pages that open it once.
    package var dashboard: String { path + "/dashboard" }
    /// Which archive the pool had last, and whether it was this host's.
    package var archiveMark: String { path + "/archive.mark" }
    /// One line that SessionStart shows the user (`UserNotice`).
    package var notice: String { path + "/notice" }
    /// Exported episodes that wait for whoever writes the archive, JSON lines; a file is renamed into place when it is whole.
    package var imports: String { path + "/import" }
    /// Texts that were added while Redis took nothing.
    package var added: String { path + "/added" }
    /// Titles of the latest memories, for hooks (`RecallFolder`).
    package var recall: String { path + "/recall" }
    /// The latest summaries of sessions, a file each, for what is carried over.
    package var summaries: String { path + "/summaries" }
    /// Since when there have been troubles (`FirstSeen`).
    package var troubles: String { path + "/troubles" }
    /// What the client that was dispatched last said its version is.
    package var clientVersion: String { path + "/client-version" }
    /// The embedded server's socket. A Unix socket path has room for 107 bytes (unix(7)); a state folder deeper than that
    /// gets one in `/tmp`, in a folder whose owner is checked before use.
    package var redisSocket: String {
        let inside = redis + "/redis.sock"
        return inside.utf8.count > 100 ? passingFolder + "/redis.sock" : inside
    }

    /// Where the companion answers the user's own programs over HTTP, without a token. The room is for the name under which
    /// it is made (`SocketFile`), too.
    package var programSocket: String {
        let inside = path + "/api.sock"
        return inside.utf8.count > 90 ? passingFolder + "/api.sock" : inside
    }

    /// Where the companion speaks plain RESP for a Redis that hooks cannot go to by themselves. Of each such Redis it is
    /// another: who means one must not be led to the one that the companion was started for.
    package func relaySocket(to upstream: RedisUpstream) -> String {
        let name = "relay-\(Checksum.fnv1a(upstream.description).hexadecimal.prefix(8)).sock"
        let inside = "\(redis)/\(name)"
        return inside.utf8.count > 90 ? "\(passingFolder)/\(name)" : inside
    }

    private var passingFolder: String { "/tmp/holdfast-\(geteuid())/\(Checksum.fnv1a(path).hexadecimal)" }

    /// Why nobody in the folder of the socket may be spoken to: one in `/tmp` could have been made by somebody else; nil
    /// where it is ours alone, or missing.
    package var redisSocketFault: OwnershipFault? { fault(ofFolderOf: redisSocket) }

    /// The same of the folder of a relay's socket.
    package func fault(ofRelay socket: String) -> OwnershipFault? { fault(ofFolderOf: socket) }

    /// The same of the folder of `programSocket`.
    package var programSocketFault: OwnershipFault? { fault(ofFolderOf: programSocket) }

    private func fault(ofFolderOf socket: String) -> OwnershipFault? {
        guard let slash = socket.lastIndex(of: "/") else { return nil }
        let folder = String(socket[..<slash])
        let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? folder
        for folder in folder == passingFolder ? [parent, folder] : [folder] {
            guard let status = try? Files.status(folder, followingLinks: false) else { continue }
            let reason: String
            // What lies in the state folder is kept: nobody is told to remove that.
            var remedy = "name another state folder (HOLDFAST_STATE_DIR)"
            if status.st_mode & S_IFMT != S_IFDIR {
                reason = "is no folder"
            } else if status.st_uid != geteuid() {
                reason = "belongs to user \(status.st_uid), not to you (\(geteuid()))"
            } else if status.st_mode & 0o077 != 0 {
                reason = "is open to others (mode \(String(status.st_mode & 0o7777, radix: 8)))"
                remedy = "'chmod go= \(folder)'"
            } else {
                continue
            }
            if socket.hasPrefix(passingFolder) { remedy = "remove \(folder), or shorten the state folder's path" }
            return OwnershipFault(
                path: folder, reason: reason, remedy: "nothing is said to what answers in it; \(remedy)")
        }
        return nil
    }

    /// Why nothing in the folder may be used; nil where it is this user's alone, or missing.
    package var fault: OwnershipFault? {
        do throws(OwnershipFault) {
            try Ownership.check(path)
            return nil
        } catch {
            return error
        }
    }

    /// Makes the folder and what lies in it. Cheap when all is there.
    package func prepare() throws(FileError) {
        // The last to be made stands for all.
        guard !Files.exists(locks) else { return }
        for folder in [path, path + "/log", spool, spool + "/waiting", bindings, redis, locks] {
            try Files.makeFolder(folder)
        }
    }

    /// Why notes and all else that is kept here cannot be written; nil where they can. Found by writing: rights do not
    /// tell of a disk that is mounted read-only, is full or broken, and a full one takes empty files.
    package var writeFailure: FileError? {
        do throws(FileError) {
            let probe = "\(path)/.written.\(getpid())"
            try Files.write(String(repeating: " ", count: 4096), to: probe)
            Files.remove(probe)
            // What is moved or mounted elsewhere; of these some are made when they are needed.
            for folder in [spool, bindings, locks] { try Files.checkWriting(to: folder) }
            for folder in [path + "/gaps", path + "/uncaptured", path + "/log"] where Files.exists(folder) {
                guard Files.isFolder(folder) else { throw FileError(path: folder, number: ENOTDIR) }
                try Files.checkWriting(to: folder)
            }
            return nil
        } catch {
            return error.path.hasPrefix("\(path)/.written") ? FileError(path: path, number: error.number) : error
        }
    }

    /// What a host without a name is called: the same for all who run here, until the machine is restarted. So who cannot
    /// keep a name says the same as who can.
    package var passingHost: String {
        "\(HostClock.machine)-\(Checksum.fnv1a(ProcessTable.space.text + path).hexadecimal.prefix(8))"
    }

    /// This host's name in Redis, `<hostname>-<8 hex>`, made once; a container with its own state folder is a host.
    package func host() throws(FileError) -> String {
        let file = path + "/host"
        do throws(FileError) {
            let name = try Files.read(file, limit: 512)
            if !name.isEmpty { return name }
            Files.remove(file)
        } catch  where error.isMissing {
            // The first to come here.
        }
        let own = "\(file).\(getpid())"
        try Files.write(passingHost, to: own)
        defer { Files.remove(own) }
        // Two hooks may come here at once: the first link wins, both read it.
        unsafe link(own, file)
        return try Files.read(file, limit: 512)
    }
}
