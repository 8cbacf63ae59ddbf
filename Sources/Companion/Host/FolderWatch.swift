internal import Glibc
internal import Platform
internal import Transcripts

/// inotify(7) on the folders in which clients keep transcripts, and all folders in them.
struct FolderWatch {
    private let descriptor: Int32
    private var paths: [Int32: (folder: String, source: any TranscriptSource)] = [:]
    /// Events were lost, or a folder is new: only a walk finds what changed.
    private(set) var hasLostTrack = false

    private static let mask = UInt32(
        IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_ONLYDIR)

    init() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    }

    /// Watches a source's storage, and what is in it.
    mutating func watch(_ storage: String, for source: any TranscriptSource) {
        hasLostTrack = false
        add(storage, source, depth: 0)
    }

    private mutating func add(_ folder: String, _ source: any TranscriptSource, depth: Int) {
        guard depth < 6 else { return }
        let watch = unsafe inotify_add_watch(descriptor, folder, Self.mask)
        guard watch >= 0 else { return }
        // One folder has one watch, however many links lead to it; so a link to where it came from ends here.
        if let known = paths[watch], known.folder != folder, Files.exists(known.folder) { return }
        paths[watch] = (folder, source)
        for name in (try? Files.names(in: folder)) ?? [] where !source.isTranscript(name) {
            add(folder + "/" + name, source, depth: depth + 1)
        }
    }

    /// The transcripts that changed since the last call.
    mutating func changes() -> Set<String> {
        var changed: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while descriptor >= 0 {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            take(buffer[..<count], &changed)
        }
        return changed
    }

    private mutating func take(_ events: ArraySlice<UInt8>, _ changed: inout Set<String>) {
        let header = MemoryLayout<inotify_event>.size
        var start = 0
        while start + header <= events.count {
            let event = unsafe events.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: start, as: inotify_event.self)
            }
            let name = events[start + header..<min(events.count, start + header + Int(event.len))].prefix { $0 != 0 }
            start += header + Int(event.len)
            if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { hasLostTrack = true }
            if event.mask & UInt32(IN_IGNORED) != 0 { paths[event.wd] = nil }
            guard let (folder, source) = paths[event.wd], !name.isEmpty else { continue }
            let path = folder + "/" + String(decoding: name, as: UTF8.self)
            if source.isTranscript(path) {
                changed.insert(path)
            } else if event.mask & UInt32(IN_ISDIR) != 0 {
                // Files may have come into it before it was watched.
                add(path, source, depth: 1)
                hasLostTrack = true
            }
        }
    }
}
