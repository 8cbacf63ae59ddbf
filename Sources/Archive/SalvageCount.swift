/// What could be read of a damaged archive.
package struct SalvageCount: Sendable, Equatable {
    /// Memories that are now in the new archive; `already` were there.
    package var stored = 0
    package var already = 0
    /// Of those stored: their episode's words could not be read.
    package var withoutContent = 0
    /// Places in the file that could not be read.
    package var unreadable = 0
}
