internal import Authentication
internal import Domain
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
        let text: String
        do throws(PrivateFile.Fault) {
            text = try PrivateFile.read(path, limit: 128)
        } catch {
            switch error {
            case .missing: return nil
            case .isLink: throw TokenFileError(path, "is a link; remove it, the companion makes a new one")
            case .isNoFile: throw TokenFileError(path, "is not a file; remove it")
            case .isOthers: throw TokenFileError(path, "belongs to another user; remove it")
            case .isOpenToOthers:
                throw TokenFileError(path, "can be read by others; remove it (they may know it), a new one is made")
            case .failed(let error): throw TokenFileError(path, "cannot be read (\(error.reason))")
            }
        }
        guard let token = DashboardToken(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
            throw TokenFileError(path, "does not hold a token; remove it, the companion makes a new one")
        }
        return token
    }

    private static func create(_ path: String, holding text: String) throws(TokenFileError) {
        do throws(FileError) {
            try PrivateFile.create(path, holding: text + "\n")
        } catch {
            throw TokenFileError(path, "cannot be made (\(error.reason))")
        }
    }
}

/// Why there is no token: the file, what is wrong with it and the way out.
package struct TokenFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ path: String, _ problem: String) { description = "the dashboard's token file \(path) \(problem)" }
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
