internal import Glibc

/// C strings for `exec`, freed when the call is over.
package enum CStrings {
    /// Hands over a NULL-terminated array.
    package static func with<Answer>(
        _ strings: [String], _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Answer
    ) -> Answer {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            // Never empty: the terminator is in it.
            guard let base = buffer.baseAddress else { fatalError("an array with an element has an address") }
            return unsafe work(base)
        }
    }
}
