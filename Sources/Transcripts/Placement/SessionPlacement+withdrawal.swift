internal import Glibc
internal import Platform

extension SessionPlacement {
    /// Takes a copy away again, because the client would not resume it. Only what was put there goes, and only while it is
    /// what it was: the same file, not written since. A transcript to which the client added may go where it added no
    /// message; where it did, the session lives and nothing goes.
    package static func withdraw(_ receipt: PlacementReceipt, by source: any TranscriptSource) -> Withdrawal {
        var withdrawal = Withdrawal()
        guard let slash = receipt.path.lastIndex(of: "/") else { return withdrawal }
        let folder = String(receipt.path[..<slash])
        for (index, file) in receipt.files.enumerated() {
            let path = "\(folder)/\(file.name)"
            guard let status = try? Files.status(path, followingLinks: false) else { continue }
            if let reason = reason(toLeave: path, status, file, source, isTranscript: index == 0) {
                withdrawal.left[file.name] = reason
                // The session goes on with it, and needs the rest.
                if index == 0 {
                    for other in receipt.files.dropFirst() { withdrawal.left[other.name] = "its transcript stays" }
                    return withdrawal
                }
            } else {
                Files.remove(path)
                withdrawal.removed.append(file.name)
            }
        }
        for path in receipt.folders.reversed() { unsafe rmdir(path) }
        return withdrawal
    }

    private static func reason(
        toLeave path: String, _ status: stat, _ file: PlacedFile, _ source: any TranscriptSource, isTranscript: Bool
    ) -> String? {
        guard FileMark(status) == FileMark(file) else { return "another file is in its place" }
        if Int64(status.st_size) == file.size {
            return PlacedFile.nanoseconds(status) == file.modifiedNanoseconds ? nil : "it was written since"
        }
        guard isTranscript, Int64(status.st_size) > file.size else { return "it was written since" }
        return source.hasMessages(path, from: file.size) ? "the conversation went on in it" : nil
    }
}
