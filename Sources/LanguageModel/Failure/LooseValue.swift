/// A value as error texts hold them: JSON, Python's `repr`, or what Node prints of an object.
indirect enum LooseValue {
    case object([(key: String, value: LooseValue)])
    case array([LooseValue])
    case string(String)
    /// Anything bare: a number, `null`, `None`, the text behind a key of Node's print.
    case word(String)
}
