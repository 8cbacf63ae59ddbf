internal import Domain
internal import Platform
internal import Storage
internal import Transcripts

/// Hands the bytes of a transcript to the vault, before anybody counts them as captured. Where that fails the companion takes
/// them from the transcript, as it does with history.
struct VaultHandover {
    private let transcript: any Transcript
    private let source: any TranscriptSource
    private let job: TranscriptCapture.Job
    private let intake: Intake
    private var exclusions: Exclusions
    /// Where the session is, as it is now: its folder may be gone before the vault takes in what is handed over.
    private var place: Intake.Part.Place?

    /// Of a part, in bytes, unless one line is longer: a capturer holds no more of a session than that.
    static let partSize: Int64 = 2 << 20

    init(
        of transcript: any Transcript, _ source: any TranscriptSource, _ job: TranscriptCapture.Job,
        _ exclusions: Exclusions, to intake: Intake
    ) {
        self.transcript = transcript
        self.source = source
        self.job = job
        self.intake = intake
        self.exclusions = exclusions
    }

    /// Part by part, each behind the one before. One that cannot be kept leaves a hole, which the companion fills as long as
    /// the transcript is there.
    mutating func add(_ span: EpisodeSpan) {
        // A transcript that was replaced begins anew.
        let isReplaced = span.from.generation != span.to.generation
        var from = isReplaced ? Cursor(generation: span.to.generation) : span.from
        let hasRoom = hasRoom
        while from.offset < span.to.offset, let to = add(from: from, in: span, hasRoom) { from = to }
    }

    private var hasRoom: Bool {
        do throws(FileError) {
            return try intake.hasRoom()
        } catch {
            // A folder that cannot be listed may take a file all the same.
            return true
        }
    }

    /// - Returns: the cursor of its end; nil where it cannot be read, or the transcript is another by now.
    private mutating func add(from: Cursor, in span: EpisodeSpan, _ hasRoom: Bool) -> Cursor? {
        guard let bytes = lines(from.offset..<span.to.offset) else { return nil }
        let end = from.offset + Int64(bytes.count)
        // What cannot be read now is no error of the capture: the companion takes it from the transcript.
        let read = end == span.to.offset ? span.to : try? transcript.cursor(at: end, generation: from.generation)
        // They are read a second time: what was written over meanwhile is another generation's.
        guard let to = read, (try? transcript.following(span.to)) == span.to else { return nil }
        // Passed through also where nothing is kept: what is left out of later lines may depend on these.
        let kept = source.kept(bytes, at: from.offset, &exclusions)
        guard hasRoom else { return to }
        var part = Intake.Part(
            session: job.origin.session, name: SessionFile.name(of: span.path, in: job.origin.session), path: span.path,
            configDirectory: job.request.configDirectory, host: job.origin.host, from: from, to: to, cuts: kept.cuts)
        let place = place ?? source.whereabouts(of: span.path)
        self.place = place
        part.place = place
        // The companion takes from the transcript what is not there.
        try? intake.add(part, kept.bytes, now: HostClock.wallMilliseconds)
        return to
    }

    /// Whole lines from the beginning of a stretch on, as many as one part holds.
    private func lines(_ stretch: Range<Int64>) -> [UInt8]? {
        var size = Self.partSize
        while true {
            let piece = stretch.prefix(Int(size))
            // As above.
            guard var bytes = (try? transcript.bytes(at: piece)) ?? nil, bytes.count == piece.count else { return nil }
            // Of a line that is longer than a part the end alone is looked for.
            let lineBreak = size == Self.partSize ? bytes.lastIndex(of: 10) : bytes.firstIndex(of: 10)
            if let lineBreak, size > Self.partSize || piece.endIndex < stretch.endIndex {
                bytes.removeLast(bytes.count - lineBreak - 1)
                return bytes
            }
            if piece.endIndex == stretch.endIndex { return bytes }
            size *= 2
        }
    }
}
