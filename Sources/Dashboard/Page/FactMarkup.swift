internal import Domain
internal import Operations

/// Facts of a section as the page's HTML. Attributes are those by which the page's scripts fill in what comes later.
struct FactMarkup {
    /// Of the status.
    let now: Timestamp

    /// A line each.
    /// - Parameter indent: of the lines behind the first.
    func html(_ facts: [Fact], indent: Int) -> String {
        facts.map(html).joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    private func html(_ fact: Fact) -> String {
        var attributes = ""
        if let legend = fact.legend { attributes += attribute("data-value", legend) }
        if fact.needsRedis { attributes += attribute("class", "in-redis") }
        if fact.isHiddenWithoutValue, let figure = fact.figures.first, case .member(let path) = figure.place {
            attributes += attribute("data-when", path) + (text(figure) == nil ? " hidden" : "")
        }
        return "<div\(attributes)><dt>\(Markup.escaped(fact.term))</dt>\(value(fact.parts))</div>"
    }

    /// A single figure is the whole of its place; text of others stands apart, so that its direction ends with it.
    private func value(_ parts: [Fact.Part]) -> String {
        if parts.count == 1, case .figure(let figure) = parts[0], !isQuoted(figure) { return html(figure, in: "dd") }
        let inner = parts.map { part in
            switch part {
            case .words(let words): Markup.escaped(words)
            case .figure(let figure): html(figure, in: isQuoted(figure) ? "bdi" : "span")
            }
        }
        return "<dd>\(inner.joined())</dd>"
    }

    private func html(_ figure: Figure, in tag: String) -> String {
        var attributes = ""
        switch figure.place {
        case .member(let path): attributes += attribute("data-bind", path)
        case .element(let id): attributes += attribute("id", id)
        }
        if let format = format(figure.value) { attributes += attribute("data-as", format) }
        if case .member = figure.place, let empty = figure.empty { attributes += attribute("data-empty", empty) }
        return "<\(tag)\(attributes)>\(text(figure) ?? Markup.escaped(figure.empty ?? ""))</\(tag)>"
    }

    private func isQuoted(_ figure: Figure) -> Bool { if case .quoted = figure.value { true } else { false } }

    private func attribute(_ name: String, _ value: String) -> String { " \(name)=\"\(Markup.escaped(value))\"" }

    /// As the page's scripts name it; nil for what they show as it is.
    private func format(_ value: Figure.Value) -> String? {
        switch value {
        case .bytes: "bytes"
        case .seconds: "duration"
        case .time: "time"
        case .dollars: "money"
        case .count, .share, .words, .quoted: nil
        }
    }

    /// - Returns: HTML; nil where there is nothing.
    private func text(_ figure: Figure) -> String? {
        switch figure.value {
        case .count(let number): Words.count(Double(number))
        case .bytes(let number): Words.size(bytes: Double(number))
        case .seconds(let seconds): seconds.map(Words.duration)
        case .time(let time): time.map(html)
        case .dollars(let dollars): "$\(Words.decimal(dollars, places: 2))"
        case .share(let share): share.map(Words.share)
        case .words(let words), .quoted(let words):
            words.flatMap { $0.isEmpty ? nil : Markup.escaped(VisibleText.of($0)) }
        }
    }

    private func html(_ time: Timestamp) -> String {
        let words = Words.relative(time.milliseconds, now: now.milliseconds)
        return "<time\(attribute("datetime", time.text))\(attribute("title", time.text))>\(words)</time>"
    }
}

extension Words {
    /// `3 of 1,000`; a limit of 0 is none.
    static func share(_ share: Figure.Share) -> String {
        func words(_ number: Int64) -> String {
            switch share.unit {
            case .pieces: count(Double(number))
            case .bytes: size(bytes: Double(number))
            }
        }
        return share.limit > 0 ? "\(words(share.used)) of \(words(share.limit))" : words(share.used)
    }
}
