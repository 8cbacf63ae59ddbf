internal import Glibc
internal import Platform

/// A copy on a branch of a git repository, by the `git` program. There is no working tree: a bare repository here is a shelf
/// for what goes out and what came in, and may be thrown away at any time.
///
/// What comes in is the latest commit with its trees and no files (`--depth=1 --filter=blob:none`, where the server can);
/// files are asked for when they are read, so no host downloads what others store. That the repository here is shallow also
/// has git tell from the trees that the server has their files already: a commit without a parent, by which the history is
/// cut, sends no file again.
package actor GitTransport: CopyTransport {
    package nonisolated let takesPlain = false
    /// A branch that is gone is begun anew: nobody mistakes a server for another.
    package nonisolated let isAwayWhenEmpty = false

    let options: GitOptions
    let folder: String
    private let settings: GitSettings
    private let environment: [String: String]
    /// How many programs were started so far; what git starts in its turn is not in it.
    package private(set) var launches = 0

    /// The latest commit that was seen; nil where there is no branch.
    private var tip: String?
    private var listing = CopyListing()
    /// Of the files of the latest commit, the objects' IDs.
    private var blobs: [StoredName: String] = [:]
    /// Of what was stored and is not published.
    private var staged: [StoredName: String] = [:]
    /// Of files of the latest commit, those that are not on our shelf; nil as long as that was not asked.
    private var lacking: Set<String>?
    private var isOpen = false
    /// Whether what is on the shelf was found to be damaged.
    private var isSuspect = false
    /// Bytes of what is on the shelf.
    private var shelved: Int64 = 0
    /// Whether the server sends trees without their files.
    private var isFiltering = false

    /// - Parameters:
    ///   - folder: in which the shelf is to lie (`shelf.git`); of this host and this remote alone.
    ///   - environment: of this process.
    package init(_ remote: GitRemote, folder: String, environment: [String: String], options: GitOptions = GitOptions())
    {
        settings = GitSettings(remote: remote)
        // Under a name that is ours, since it is removed with all that is in it.
        self.folder = "\(folder)/shelf.git"
        self.options = options
        self.environment = settings.environment(environment, index: "\(self.folder)/\(Self.indexName)")
    }

    private static let branch = "refs/heads/holdfast", seen = "refs/holdfast/copy", indexName = "holdfast-index"

    // MARK: - Looking

    package func look() async throws(CopyError) -> CopyListing {
        if isSuspect || isFiltering && staged.isEmpty && shelved > options.shelfLimit { try throwAway() }
        do throws(GitTrouble) {
            return try await fetched()
        } catch {
            guard error.isOfLocalDamage else { throw error.error }
        }
        try throwAway()
        do throws(GitTrouble) { return try await fetched() } catch { throw error.error }
    }

    private func fetched() async throws(GitTrouble) -> CopyListing {
        try await open()
        do throws(GitTrouble) {
            let words = try await outcome(
                [
                    "fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules",
                    "--depth=1", "--update-shallow", "--filter=blob:none", "--end-of-options", GitSettings.remoteName,
                    "+\(Self.branch):\(Self.seen)",
                ], deadline: options.networkDeadline
            ).error
            isFiltering = !words.contains("filtering not recognized")
        } catch {
            guard error.isOfMissingBranch else { throw error }
            (tip, listing, blobs, lacking) = (nil, CopyListing(), [:], nil)
            return listing
        }
        let commit = try await id(["rev-parse", "--verify", "--quiet", "--end-of-options", "\(Self.seen)^{commit}"])
        guard commit != tip else { return listing }
        try take(try await git(["ls-tree", "-r", "-z", "--full-tree", commit]))
        (tip, lacking) = (commit, nil)
        return listing
    }

    /// - Parameter lines: `<mode> <kind> <ID>\t<path>`, each with a NUL behind it.
    private func take(_ lines: [UInt8]) throws(GitTrouble) {
        var listing = CopyListing(), blobs: [StoredName: String] = [:]
        for line in lines.split(separator: 0) {
            let halves = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
            let words = (halves.first ?? []).split(separator: UInt8(ascii: " "))
            guard halves.count == 2, words.count == 3 else { throw .unclear("ls-tree") }
            let path = String(decoding: halves[1], as: UTF8.self)
            listing.add(path)
            if let name = StoredName(path) { blobs[name] = String(decoding: words[2], as: UTF8.self) }
        }
        (self.listing, self.blobs) = (listing, blobs)
    }

    /// Makes the repository here where there is none, and takes away what a git that was killed has left in its way: no other
    /// uses it.
    private func open() async throws(GitTrouble) {
        if !isOpen {
            let words = String(decoding: try await git(["version"], inRepository: false), as: UTF8.self)
            guard let version = GitVersion(words) else { throw .unclear("version") }
            guard version >= GitVersion.oldest else {
                throw .other(
                    .gitMissing(reason: "it is \(version), and \(GitVersion.oldest) is the oldest that will do"))
            }
        }
        for name in ["shallow", "config", "HEAD", "packed-refs", Self.seen, Self.indexName] {
            Files.remove("\(folder)/\(name).lock")
        }
        if !Files.isRegularFile("\(folder)/HEAD") || !Files.isFolder("\(folder)/objects") {
            do throws(FileError) { try Files.makeFolder(folder) } catch { throw .other(CopyError(error)) }
            try await git(
                ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--end-of-options", folder],
                inRepository: false)
        }
        if !isOpen { shelved = Self.bytes(in: "\(folder)/objects") }
        isOpen = true
    }

    private static func bytes(in folder: String) -> Int64 {
        // What cannot be looked at is not counted: the figure is for tidying up.
        ((try? Files.names(in: folder)) ?? []).reduce(0) { sum, name in
            let path = "\(folder)/\(name)"
            if Files.isFolder(path) { return sum + bytes(in: path) }
            return sum + Int64((try? Files.status(path).st_size) ?? 0)
        }
    }

    /// The shelf is made anew, and filled from what is published.
    private func throwAway() throws(CopyError) {
        let wasEmpty = staged.isEmpty
        Files.removeFolder(folder)
        (tip, listing, blobs, staged, lacking) = (nil, CopyListing(), [:], [:], nil)
        (isOpen, isSuspect) = (false, false)
        // Whoever stored something must not go on as if it were there.
        guard wasEmpty else { throw .cut(reason: "the repository in \(folder) was damaged and is made anew") }
    }

    // MARK: - Reading

    package func prepare(_ names: [StoredName]) async throws(CopyError) {
        let wanted = names.compactMap { blobs[$0] }
        guard let tip, !wanted.isEmpty else { return }
        do throws(GitTrouble) {
            let lacking = try await lacking(in: tip)
            let ids = Set(wanted).intersection(lacking).sorted()
            guard !ids.isEmpty else { return }
            try await git(
                [
                    "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-prune",
                    "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none", "--stdin",
                    GitSettings.remoteName,
                ], input: Array(ids.map { $0 + "\n" }.joined().utf8), deadline: options.networkDeadline)
            self.lacking?.subtract(ids)
            shelved = Self.bytes(in: "\(folder)/objects")
        } catch {
            isSuspect = isSuspect || error.isOfLocalDamage
            throw error.error
        }
    }

    private func lacking(in tip: String) async throws(GitTrouble) -> Set<String> {
        if let lacking { return lacking }
        let lines = try await git(["rev-list", "--objects", "--missing=print", "--end-of-options", tip])
        let lacking = lines.split(separator: UInt8(ascii: "\n")).filter { $0.first == UInt8(ascii: "?") }
        self.lacking = Set(lacking.map { String(decoding: $0.dropFirst(), as: UTF8.self) })
        return self.lacking ?? []
    }

    package func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]] {
        let wanted = names.compactMap { name in blobs[name].map { (name: name, id: $0) } }
        guard !wanted.isEmpty else { return [:] }
        do throws(GitTrouble) {
            let output = try await git(
                ["cat-file", "--batch"], input: Array(wanted.map { $0.id + "\n" }.joined().utf8),
                deadline: options.networkDeadline)
            var batch = GitBatch(output), files: [StoredName: [UInt8]] = [:]
            for (name, id) in wanted {
                switch batch.next(id) {
                case .file(let bytes): files[name] = bytes
                case .missing: isSuspect = true
                case nil: throw .unclear("cat-file")
                }
            }
            return files
        } catch {
            // What came of it is asked for anew in the next round.
            isSuspect = isSuspect || error.isOfLocalDamage || error.isUnclear
            throw error.error
        }
    }

    // MARK: - Writing

    package func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError) {
        do throws(GitTrouble) {
            try await open()
            staged[name] = try await id(
                ["hash-object", "-w", "-t", "blob", "--no-filters", "--stdin"], input: bytes)
            shelved += Int64(bytes.count)
        } catch {
            throw error.error
        }
    }

    package func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError) {
        guard !staged.isEmpty || !removed.isEmpty || isRewrite else { return }
        do throws(GitTrouble) {
            let commit = try await commit(removing: removed, isRewrite: isRewrite)
            try await push(commit, isRewrite: isRewrite)
            try await git(["update-ref", Self.seen, commit])
            tip = commit
        } catch {
            isSuspect = isSuspect || error.isOfLocalDamage
            throw error.error
        }
        for name in removed {
            blobs[name] = nil
            if case .object(let object) = name { listing.objects.remove(object) } else { listing.entries.remove(name) }
        }
        for (name, id) in staged {
            blobs[name] = id
            listing.add(name.text)
        }
        (staged, lacking) = ([:], nil)
    }

    package func discard() { staged = [:] }

    /// What is there, with ours on top; without a parent where the history is cut.
    private func commit(removing removed: [StoredName], isRewrite: Bool) async throws(GitTrouble) -> String {
        Files.remove("\(folder)/\(Self.indexName)")
        try await git(["read-tree"] + (tip.map { [$0] } ?? ["--empty"]))
        let nothing = String(repeating: "0", count: 40)
        let lines =
            removed.map { "0 \(nothing)\t\($0.text)\u{0}" } + staged.map { "100644 \($1)\t\($0.text)\u{0}" }
        try await git(["update-index", "-z", "--index-info"], input: Array(lines.joined().utf8))
        // Files of others are not here, and need not be.
        let tree = try await id(["write-tree", "--missing-ok"])
        let parent = isRewrite ? [] : tip.map { ["-p", $0] } ?? []
        return try await id(["commit-tree"] + parent + ["-m", "holdfast", tree])
    }

    private func push(_ commit: String, isRewrite: Bool) async throws(GitTrouble) {
        // A branch that is to be new must not be there; one whose history is cut must be what we saw.
        let lease = tip == nil || isRewrite ? ["--force-with-lease=\(Self.branch):\(tip ?? "")"] : []
        try await git(
            ["push", "--quiet", "--no-verify", "--no-signed", "--recurse-submodules=no", "--thin"] + lease
                + ["--end-of-options", GitSettings.remoteName, "\(commit):\(Self.branch)"],
            deadline: options.networkDeadline)
    }

    // MARK: - Running git

    @discardableResult private func git(
        _ arguments: [String], input: [UInt8] = [], deadline: Duration? = nil, inRepository: Bool = true
    ) async throws(GitTrouble) -> [UInt8] {
        try await outcome(arguments, input: input, deadline: deadline, inRepository: inRepository).output
    }

    private func outcome(
        _ arguments: [String], input: [UInt8] = [], deadline: Duration? = nil, inRepository: Bool = true
    ) async throws(GitTrouble) -> GitProcess.Outcome {
        launches += 1
        let process = GitProcess(
            command: options.command, arguments: (inRepository ? ["--git-dir=\(folder)"] : []) + arguments,
            environment: environment, input: input, mostOutputBytes: options.mostOutputBytes)
        let outcome: GitProcess.Outcome
        do throws(GitProcess.Failure) {
            outcome = try await process.run(deadline: deadline ?? options.localDeadline)
        } catch {
            throw GitTrouble(error)
        }
        guard outcome.code == 0 else {
            guard outcome.code != nil else { throw .other(.cut(reason: "git was ended by a signal")) }
            throw .said(GitMessage(outcome.error, token: settings.remote.token))
        }
        return outcome
    }

    /// - Returns: what it prints, which is to be an object's ID.
    private func id(_ arguments: [String], input: [UInt8] = []) async throws(GitTrouble) -> String {
        let output = String(decoding: try await git(arguments, input: input), as: UTF8.self)
        guard output.last == "\n", Hexadecimal.isDigits(output.dropLast(), count: 40) else {
            throw .unclear(arguments.first ?? "git")
        }
        return String(output.dropLast())
    }
}
