internal import Authentication
internal import Domain
internal import Glibc
internal import Platform

/// The secret that opens the dashboard: 32 random bytes in hexadecimal.
package struct DashboardToken: Sendable {
    package static let bytes = 32

    package let text: String

    /// - Returns: nil for anything but 64 hexadecimal digits.
    package init?(_ text: String) {
        guard text.utf8.count == Self.bytes * 2, text.utf8.allSatisfy({ Self.digits.contains($0) }) else { return nil }
        self.text = text
    }

    /// A new one. The generator is the kernel's (`getrandom`).
    package static func random() -> DashboardToken {
        var generator = SystemRandomNumberGenerator()
        return DashboardToken(unchecked: (0..<bytes * 2).map { _ in digits[Int(generator.next(upperBound: UInt(16)))] })
    }

    private init(unchecked digits: [UInt8]) { text = String(decoding: digits, as: UTF8.self) }

    package func matches(_ guess: some StringProtocol) -> Bool { ConstantTime.areEqual(text, guess) }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// Never printed by accident.
extension DashboardToken: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "(token)" }
    package var debugDescription: String { "(token)" }
}

extension DashboardToken {
    /// Reads the token of a file, or makes both. Two processes that do so at once get the same token.
    package static func loadOrCreate(_ path: String) throws(TokenFileError) -> DashboardToken {
        if let token = try load(path) { return token }
        let token = random()
        try create(path, holding: token.text)
        // Another process may have been faster: what the file says counts.
        guard let token = try load(path) else { throw TokenFileError(path, "is gone right after it was made") }
        return token
    }

    /// - Returns: nil when there is no such file.
    package static func load(_ path: String) throws(TokenFileError) -> DashboardToken? {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw TokenFileError(path, "is a link; remove it, the companion makes a new one") }
            throw TokenFileError(path, "cannot be read", number: errno)
        }
        defer { close(descriptor) }
        var about = stat()
        guard unsafe fstat(descriptor, &about) == 0 else { throw TokenFileError(path, "cannot be read", number: errno) }
        guard about.st_mode & S_IFMT == S_IFREG else { throw TokenFileError(path, "is not a file; remove it") }
        guard about.st_uid == geteuid() else { throw TokenFileError(path, "belongs to another user; remove it") }
        guard about.st_mode & 0o077 == 0 else {
            throw TokenFileError(path, "can be read by others; remove it (they may know it), a new one is made")
        }
        var buffer = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw TokenFileError(path, "cannot be read", number: errno) }
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        guard let token = DashboardToken(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
            throw TokenFileError(path, "does not hold a token; remove it, the companion makes a new one")
        }
        return token
    }

    /// Under a name of its own first, then linked to the right one: never seen half written, never overwriting.
    private static func create(_ path: String, holding text: String) throws(TokenFileError) {
        let draft = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TokenFileError(path, "cannot be made", number: errno) }
        defer { unsafe unlink(draft) }
        let line = Array("\(text)\n".utf8)
        let isWritten = unsafe write(descriptor, line, line.count) == line.count && fsync(descriptor) == 0
        let number = errno
        close(descriptor)
        guard isWritten else { throw TokenFileError(path, "cannot be written", number: number) }
        guard unsafe link(draft, path) == 0 || errno == EEXIST else {
            throw TokenFileError(path, "cannot be made", number: errno)
        }
    }
}

/// Why there is no token: the file, what is wrong with it and the way out.
package struct TokenFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ path: String, _ problem: String, number: Int32? = nil) {
        let reason = number.flatMap { unsafe strerror($0).map { unsafe " (\(String(cString: $0)))" } } ?? ""
        description = "the dashboard's token file \(path) \(problem)\(reason)"
    }
}

/// Lets each pass in once, and none that was written before we began: it may have been used with the one before us.
/// What it knows of is bounded: only whoever has the token can write passes.
actor UsedPasses {
    private let token: DashboardToken
    private let began: Int64
    private var used: [String: Int64] = [:]

    /// - Parameter began: ms since 1970.
    init(token: DashboardToken, began: Int64 = HostClock.wallMilliseconds) {
        self.token = token
        self.began = began
    }

    func admits(_ pass: String) -> Bool {
        let now = HostClock.wallMilliseconds
        used = used.filter { $0.value > now }
        guard let expiry = DashboardPass.expiry(of: pass, token: token.text, now: now),
            expiry - DashboardPass.lifetimeMilliseconds >= began
        else { return false }
        return used.updateValue(expiry, forKey: pass) == nil
    }
}
