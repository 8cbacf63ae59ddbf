internal import Domain

/// A refusal as its reader takes it: JSON for programs, a page for a person's browser.
struct RefusalText {
    let refusal: Refusal

    var json: String {
        "{\"error\": {\"category\": \(quoted(refusal.category)), \"message\": \(quoted(refusal.message)), "
            + "\"remedy\": \(quoted(refusal.remedy))}}\n"
    }

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="stylesheet" href="/assets/page.css">
        <title>Holdfast: \(escaped(refusal.message))</title>
        <main>
        <h1>\(escaped(refusal.message))</h1>
        <p>\(escaped(refusal.remedy))</p>
        <p><a href="/">Back to the dashboard</a></p>
        </main>
        </html>

        """
    }

    private func quoted(_ text: String) -> String { JSONValue.string(text).text }

    /// As a browser shows it. Control characters, and those that turn the direction of what follows them, leave a mark.
    private func escaped(_ text: String) -> String {
        let shown = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            if scalar == "\n" { return " " }
            let isHidden = scalar.properties.isBidiControl || scalar.properties.generalCategory == .control
            return isHidden ? "\u{fffd}" : scalar
        }
        return Markup.escaped(String(String.UnicodeScalarView(shown)))
    }
}
