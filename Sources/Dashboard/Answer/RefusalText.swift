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

    private func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Markup as text; so are the characters that turn the direction of what follows them, and control characters.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case _ where scalar.properties.isBidiControl: escaped += "\u{fffd}"
            case _ where scalar.properties.generalCategory == .control: escaped += scalar == "\n" ? " " : "\u{fffd}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
