/// Cuts a body down to what an error can sensibly take: its beginning, and its end, where streams fail.
///
/// Replies of many megabytes are answers, pages or attacks. With this bound no rule needs one of its own against them.
enum BoundedBody {
    private static let head = 192 * 1024
    private static let tail = 64 * 1024

    static func bytes(_ body: String) -> [UInt8] {
        let bytes = body.utf8
        guard bytes.count > head + tail else { return Array(bytes) }
        return Array(bytes.prefix(head)) + [.newline] + Array(bytes.suffix(tail))
    }
}
