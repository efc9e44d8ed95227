import Testing

@Suite struct SnippetTests {
    private let readme = """
        # Title

        <!-- snippet: first-steps -->
        ```swift
        import TokenIM

        let a = 1
        if a == 1 {
            f()

            g()
        }
        ```

        ```bash
        swift test
        ```

        <!-- not compiled: a part of a manifest -->

        ```swift
        .package(url: "…")
        ```

        * <!-- no mark -->
          text
          <!-- snippet: second -->
          ```swift
          h()
          ```
        """

    private let source = """
        import Testing
        public import TokenIM

        @Test func firstSteps() {
            // snippet: first-steps
            let a = 1
            if a == 1 {
                f()

                g()
            }
            // end snippet
            #expect(a == 1)
        }

        // snippet: second
        h()
        // end snippet
        """

    private func differences(_ readme: String, _ source: String) -> [String] {
        SnippetCollection(markdown: readme).differences(from: SnippetCollection(swift: source))
    }

    @Test func theSameLinesDoNotDiffer() {
        #expect(differences(readme, source) == [])
        #expect(differences("", "") == [])
        #expect(differences("# Title\n\ntext\n", "import Testing\n") == [])
    }

    @Test func readsMarkdown() {
        let collection = SnippetCollection(markdown: readme)
        #expect(collection.problems == [])
        #expect(collection.snippets.map(\.name) == ["first-steps", "second"])
        #expect(collection.snippets.map(\.line) == [3, 27])
        #expect(collection.snippets[0].lines.count == 8)
        #expect(collection.snippets[1].lines == ["h()"])
    }

    @Test func readsSwift() {
        let collection = SnippetCollection(swift: source)
        #expect(collection.problems == [])
        #expect(collection.imports == ["Testing", "TokenIM"])
        #expect(collection.snippets.map(\.name) == ["first-steps", "second"])
        #expect(collection.snippets.map(\.line) == [5, 16])
        #expect(collection.snippets[0].lines == ["let a = 1", "if a == 1 {", "    f()", "", "    g()", "}"])
    }

    @Test func aLineThatDiffersIsShownWithItsPlaces() {
        let found = differences(readme.replacing("    g()", with: "    k()"), source)
        #expect(
            found == [
                """
                line 11: first-steps differs from what is compiled in line 10:
                  shown:        k()
                  compiled:     g()
                """
            ])
    }

    @Test(arguments: ["h()\ni()", "i()\nh()", "h() ", " h()", "h()\n"])
    func everyCharacterCounts(lines: String) {
        let readme = "<!-- snippet: a -->\n```swift\n\(lines)\n```\n"
        #expect(differences(readme, "// snippet: a\nh()\n// end snippet\n").count == 1)
        #expect(differences(readme, "// snippet: a\n\(lines)\n// end snippet\n") == [])
    }

    @Test func linesThatAreMissingAtTheEndDiffer() {
        let readme = "<!-- snippet: a -->\n```swift\nh()\n```\n"
        let found = differences(readme, "// snippet: a\nh()\ni()\n// end snippet\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("line 4: a differs") == true)
        #expect(found.first?.contains("shown:    (nothing more)") == true)
    }

    @Test func whatIsShownHasToBeCompiled() {
        let found = differences(readme, source.replacing("snippet: second", with: "snippet: third"))
        #expect(
            found == [
                "line 27: no snippet second is compiled", "the snippet third is compiled (line 16) and not shown",
            ])
    }

    @Test func whatIsCompiledHasToBeShown() {
        #expect(
            differences("", "// snippet: a\n// end snippet\n") == ["the snippet a is compiled (line 1) and not shown"])
    }

    @Test func whatIsImportedHasToBeImported() {
        let found = differences(readme, source.replacing("public import TokenIM\n", with: "\n"))
        #expect(found == ["line 3: first-steps imports TokenIM, and where it is compiled nothing does"])
    }

    @Test(arguments: ["text\n", "", "<!-- a comment -->\n", "<!-- snippet: a -->\ntext\n", "<!-- not compiled: -->\n"])
    func swiftHasToBeMarked(before: String) {
        let collection = SnippetCollection(markdown: "\(before)```swift\nf()\n```\n")
        #expect(collection.snippets == [])
        #expect(collection.problems.contains { $0.contains("a block of Swift that is not marked") })
    }

    @Test(arguments: [
        "<!-- snippet: a -->\n", "<!-- snippet: a -->\n```bash\nls\n```\n", "<!-- snippet: a -->\n\ntext\n",
        "<!-- not compiled: why -->\ntext\n",
        "<!-- snippet: a -->\n<!-- snippet: b -->\n```swift\n```\n",
    ])
    func aMarkHasToMarkSwift(markdown: String) {
        #expect(SnippetCollection(markdown: markdown).problems == ["line 1: no block of Swift follows this mark"])
    }

    @Test func namesAreGivenOnce() {
        let block = "<!-- snippet: a -->\n```swift\n```\n"
        #expect(SnippetCollection(markdown: block + block).problems == ["line 4: there are two snippets a"])
        let region = "// snippet: a\n// end snippet\n"
        #expect(SnippetCollection(swift: region + region).problems == ["line 3: there are two snippets a"])
    }

    @Test func whatBeginsHasToEnd() {
        let unclosed = SnippetCollection(markdown: "<!-- snippet: a -->\n```swift\nf()\n")
        #expect(unclosed.problems == ["the last block is not closed"])
        #expect(SnippetCollection(swift: "// snippet: a\nf()\n").problems == ["line 1: this snippet is not ended"])
        #expect(SnippetCollection(swift: "f()\n// end snippet\n").problems == ["line 2: no snippet to end"])
        let nested = SnippetCollection(swift: "// snippet: a\n// snippet: b\n// end snippet\n")
        #expect(nested.problems == ["line 1: this snippet is not ended"])
        #expect(nested.snippets.map(\.name) == ["b"])
    }

    @Test func aLongerFenceShowsAShorterOne() {
        let collection = SnippetCollection(markdown: "````markdown\n<!-- snippet: a -->\n```swift\nf()\n```\n````\n")
        #expect(collection == SnippetCollection(markdown: ""))
    }

    @Test func problemsOfBothSidesAreDifferences() {
        #expect(differences("```swift\n```\n", "// end snippet\n").count == 2)
    }
}
