extension String {
    /// The text for use in a message: at most so many characters of it.
    func shortened(to limit: Int = 80) -> String {
        // Counting characters of megabytes takes its time; bytes are known.
        guard utf8.count > limit, let end = index(startIndex, offsetBy: limit, limitedBy: endIndex), end < endIndex
        else {
            return self
        }
        return self[..<end] + "…"
    }
}
