internal import CZstd

/// Decompresses a stream of zstd frames, piece by piece.
@safe package final class ZstandardReader<Failure: Error> {
    private let stream: OpaquePointer? = unsafe ZSTD_createDStream()
    private let source: () throws(Failure) -> [UInt8]
    private let damaged: Failure
    private var input: [UInt8] = []
    private var place = 0
    private var output: [UInt8] = []
    private var isAtEnd = false

    /// - Parameters:
    ///   - source: the next piece; empty at the end.
    ///   - damaged: what is thrown where it is no such stream.
    package init(_ source: @escaping () throws(Failure) -> [UInt8], damaged: Failure) {
        self.source = source
        self.damaged = damaged
    }

    deinit { unsafe ZSTD_freeDStream(stream) }

    /// - Returns: so many bytes, fewer at the end.
    package func read(_ count: Int) throws(Failure) -> [UInt8] {
        while output.count < count, !isAtEnd { try fill() }
        defer { output.removeFirst(min(count, output.count)) }
        return Array(output.prefix(count))
    }

    private func fill() throws(Failure) {
        if place == input.count {
            input = try source()
            place = 0
        }
        // At the end the stream is asked once more for what it holds back.
        let isLast = input.isEmpty
        var failure = false
        let room = 1 << 18, start = place
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            unsafe input.withUnsafeBytes { bytes in
                var into = unsafe ZSTD_outBuffer(dst: buffer.baseAddress, size: room, pos: 0)
                var from = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: start)
                failure = unsafe ZSTD_isError(ZSTD_decompressStream(stream, &into, &from)) != 0
                filled = unsafe failure ? 0 : into.pos
                unsafe place = from.pos
            }
        }
        guard !failure else { throw damaged }
        output += piece
        isAtEnd = isLast && piece.isEmpty
    }
}
