internal import Domain
internal import Glibc
internal import Storage

/// What of a transcript was said while recording was off.
struct Exclusions: Sendable {
    private var bytes: [Range<Int64>] = []
    private var times: [Range<String>] = []
    private var uuids: Set<String> = []

    /// Nothing.
    init() {}

    /// - Parameters:
    ///   - path: of the file.
    ///   - isSubagent: its bytes were not looked at when recording was switched; its entries' times tell.
    ///   - isWhole: it is read from its beginning, where a fork has its parent's history.
    init(of session: SessionID, path: String, isSubagent: Bool, isWhole: Bool, state: StateFolder) throws(FileError) {
        let own = try RecordingGaps(state: state, session: session).gaps
        if isSubagent {
            times = own.map(\.times)
            return
        }
        bytes = own.map(\.bytes)
        guard isWhole, let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash])
        for gap in try RecordingGaps.ofOthers(in: folder, than: session, state: state) {
            uuids.formUnion(Self.uuids(in: gap))
        }
    }

    var isEmpty: Bool { bytes.isEmpty && times.isEmpty && uuids.isEmpty }

    func cover(_ line: TranscriptLine, at place: Range<Int64>) -> Bool {
        bytes.contains { $0.overlaps(place) } || times.contains { $0.contains(line.timestamp) }
            || !line.uuid.isEmpty && uuids.contains(line.uuid)
    }

    private static func uuids(in gap: RecordingGaps.Gap) -> Set<String> {
        let descriptor = unsafe open(gap.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var found: Set<String> = []
        var lines = FileLines(descriptor, named: gap.path, from: gap.bytes.lowerBound)
        while lines.offset < gap.bytes.upperBound,
            (try? lines.next { text, _, _ in
                if let line = TranscriptLine.read(text, at: text.skipSpace(0)), !line.uuid.isEmpty {
                    found.insert(line.uuid)
                }
                return text.count
            }) == true
        {}
        return found
    }
}
