internal import CPlatform
internal import Glibc

/// Both ends of a pipe, which no child inherits unless told to.
package struct Pipe: Sendable {
    package let reading: Int32
    package let writing: Int32

    /// - Throws: `FileError`.
    package init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe holdfast_pipe(&ends) == 0 else { throw FileError(path: "pipe", number: errno) }
        reading = ends[0]
        writing = ends[1]
    }

    /// How many bytes can be read without waiting.
    package static func readableBytes(_ descriptor: Int32) -> Int { Int(holdfast_readable(descriptor)) }
}

/// A nameless file in memory, for what a child reads or writes: with a pipe, one would wait for the other.
package enum MemoryFile {
    /// - Returns: a descriptor that no child inherits unless told to.
    /// - Throws: `FileError`.
    package static func make(holding bytes: ArraySlice<UInt8> = []) throws(FileError) -> Int32 {
        let descriptor = holdfast_memory_file()
        guard descriptor >= 0 else { throw FileError(path: "memory", number: errno) }
        do throws(FileError) {
            try Files.write(bytes, to: descriptor, named: "memory")
        } catch {
            close(descriptor)
            throw error
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// What a child has written, to its end.
    /// - Throws: `FileError`.
    package static func contents(of descriptor: Int32, limit: Int) throws(FileError) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        return try Files.read(descriptor, named: "memory", limit: limit)
    }
}
