internal import CZstd

/// zstd frames (RFC 8878) by libzstd.
package enum Zstandard {
    /// Of 31 MB of transcripts level 3 makes a 6.4th, 9 a 6.9th in twice the time, 19 a 7.2th in seventeen times the time.
    package static let level: Int32 = 9

    /// One frame with its content's size and checksum.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        let context = unsafe ZSTD_createCCtx()
        defer { unsafe ZSTD_freeCCtx(context) }
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let made = unsafe bytes.withUnsafeBytes {
                unsafe ZSTD_compress2(context, buffer.baseAddress, bound, $0.baseAddress, $0.count)
            }
            // It fails for want of room alone, and there is room for the worst.
            precondition(ZSTD_isError(made) == 0)
            count = made
        }
    }

    /// - Parameter count: of the content; no room is taken where the frame says otherwise.
    /// - Returns: nil when it is no such frame.
    package static func decompressed(_ frame: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        let declared = unsafe frame.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard declared == UInt64(count) else { return nil }
        var isWhole = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let made = unsafe frame.withUnsafeBytes {
                unsafe ZSTD_decompress(buffer.baseAddress, count, $0.baseAddress, $0.count)
            }
            isWhole = ZSTD_isError(made) == 0 && made == count
            filled = isWhole ? made : 0
        }
        return isWhole ? bytes : nil
    }
}
