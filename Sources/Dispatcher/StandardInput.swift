internal import Glibc
internal import Platform

/// The prompt that is piped in. While a resume is only an attempt, what was read of it is kept in an unnamed 0600 file, so
/// that a fresh start gets it whole.
final class StandardInput {
    /// Where what was read is kept, or -1.
    private var store: Int32
    private var isComplete = true
    private var keptBytes = 0
    /// No prompt is that long: this is a stream that goes on, and the file must not fill the disk.
    private static let limit = 256 << 20
    private var isAtEnd = false
    /// Where the client's input comes from now; nil: it inherits ours.
    private(set) var source: Int32?

    /// The client inherits ours.
    static var untouched: StandardInput { StandardInput(store: -1, source: nil) }

    /// A pipe, a file or a socket is relayed and kept. A terminal, `/dev/null` and a closed stdin are inherited.
    static func kept(in folder: String) -> StandardInput {
        var status = stat()
        guard unsafe fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != S_IFCHR else { return untouched }
        let path = "\(folder)/stdin.\(getpid()).tmp"
        var store = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if store >= 0 {
            // Without a name nothing is left behind by a kill.
            Files.remove(path)
        } else {
            // A folder that cannot be written must not cost a fresh start its prompt.
            store = (try? MemoryFile.make()) ?? -1
        }
        // With a full disk the attempt goes on; only a fresh start would not get the prompt.
        return StandardInput(store: store, source: STDIN_FILENO)
    }

    private init(store: Int32, source: Int32?) {
        self.store = store
        self.source = source
    }

    deinit {
        if store >= 0 { close(store) }
        if let source, source != STDIN_FILENO { close(source) }
    }

    /// Takes note of what was read.
    func keep(_ bytes: [UInt8]) {
        guard store >= 0, source == STDIN_FILENO else { return }
        keptBytes += bytes.count
        if keptBytes > Self.limit { return forget() }
        do throws(FileError) {
            try Files.write(bytes[...], to: store, named: "kept standard input")
        } catch {
            isComplete = false
        }
    }

    /// The source has ended. Answers whether another follows: after what was kept, what is still to come.
    func reachedEnd() -> Bool {
        if let replayed = source, replayed != STDIN_FILENO {
            close(replayed)
            source = isAtEnd ? nil : STDIN_FILENO
            return !isAtEnd
        }
        isAtEnd = true
        return false
    }

    /// The attempt did not fail: nothing needs to be kept any more.
    func forget() {
        guard store >= 0 else { return }
        close(store)
        store = -1
    }

    /// - Returns: the same input from its beginning, or nil when it could not be kept whole.
    func replay() -> StandardInput? {
        guard source != nil else { return self }
        guard store >= 0, isComplete, lseek(store, 0, SEEK_SET) == 0 else { return nil }
        let source = dup(store)
        guard source >= 0 else { return nil }
        // Read to its end, the one file description stands where what is still to come is added: it can be replayed once more.
        let again = StandardInput(store: store, source: source)
        again.isAtEnd = isAtEnd
        again.keptBytes = keptBytes
        store = -1
        return again
    }
}
