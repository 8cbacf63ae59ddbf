internal import Glibc

/// What a program prints while it goes on.
package enum StandardOutput {
    /// Passes on what a pipe would hold back.
    package static func flush() { fflush(nil) }
}
