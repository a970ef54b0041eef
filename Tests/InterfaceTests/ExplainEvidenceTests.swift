import Runs
import Terminal
import Testing

@testable import Interface

/// What data have of a user and an item: what is drawn beside the reasons, counted, focused and written.
@Suite struct ExplainEvidenceTests {
  private static let sizes = ExplainScreenTests.sizes

  private func text(_ app: App, _ size: Size = sizes[1]) -> String {
    var app = app
    _ = app.update(.size(size))
    return app.view(size).text
  }

  /// Every part has the focus in turn, and its own lines are scrolled.
  @Test func wideTerminalsShowTheDataOfBoth() {
    var app = Fixture.explainApp()
    let size = Self.sizes[2]
    _ = app.update(.size(size))
    let shown = app.view(size).text
    #expect(shown.contains("user u17  41 other training rows, mean 3.75 of 40"))
    #expect(shown.contains("item جيتار-203  66 other training rows"))
    #expect(shown.contains("expects") && shown.contains("4.31"))
    app.press("", .tab)
    app.press("", .tab)
    app.press("", .tab)
    #expect(app.view(size).text.contains("┏━ item جيتار-203"))
    app.press("z")
    let large = app.view(size).text
    #expect(!large.contains("user u17") && large.contains("item جيتار-203"))
    app.press("", .escape)
    #expect(app.view(size).text.contains("┏━ user u17"))
    // Narrower ones say the same below the sentences.
    app.press("z")
    let narrow = text(app, Size(rows: 90, columns: 100))
    #expect(narrow.contains("item جيتار-203  66 other training rows, mean 3.92 of 65"))
  }

  /// What a ranking goes by may be the rating itself: the same number is not said twice.
  @Test func noNumberIsSaidTwice() {
    #expect(text(Fixture.explainApp()).contains("score expects"))
    // What is the same as it is written counts as the same.
    for difference in [0, 0.001] {
      let same = Fixture.explainApp { snapshot in
        let first = snapshot.explanation?.first ?? []
        snapshot.explanation?.first = first.map {
          .init(name: $0.name, score: 4.25, rating: 4.25 + difference)
        }
      }
      #expect(!text(same).contains("expects"))
    }
  }

  /// In a narrow frame the number that matters is not cut off.
  @Test func aNarrowTitleKeepsTheMean() {
    let shown = text(Fixture.explainApp())
    #expect(shown.contains("user u17  41 other rows, mean 3.75"))
    #expect(text(Fixture.explainApp(), Self.sizes[2]).contains("41 other training rows, mean 3.75"))
  }

  /// A name of five hundred letters is cut before the numbers beside it.
  @Test(arguments: ExplainScreenTests.sizes) func longNamesLeaveTheNumbers(_ size: Size) {
    let name = String(repeating: "x", count: 500)
    let shown = text(
      Fixture.explainApp {
        $0.explanation?.user?.name = name
        $0.explanation?.item?.name = name
      }, size)
    #expect(shown.contains("x…  17 of 400") && shown.contains("x…  step 1,800"))
    if size.columns > 80 { #expect(shown.contains("x…  41 other rows, mean 3.75")) }
    #expect(shown.contains("x…  66 other ") || size.columns == 80)
  }

  @Test func lengthsOfBarsAreRows() {
    let panel = EvidencePanel(
      evidence: Fixture.evidence("i", ratings: [4, 9, 16, 10]), name: "user u", charset: .ascii,
      scroll: 0,
      isFocused: false)
    let lines = panel.lines(columns: 43, withCounts: true).map { $0.map(\.text).joined() }
    #expect(lines[0] == "ratings")
    #expect(lines[1] == "5  " + String(repeating: "#", count: 20) + " 10")
    #expect(lines[2] == "4  " + String(repeating: "#", count: 32) + " 16")
    #expect(lines[4] == "2  " + String(repeating: "#", count: 8) + " 4")
    #expect(lines[6].hasPrefix("i2         5  the sound is clear"))
    #expect(lines.allSatisfy { columnsTaken(by: $0) <= 43 })
    #expect(panel.lines(columns: 43, withCounts: false).count == lines.count - 6)
  }

  /// A list that is not whole says so, and by what it was cut; a mean says of how many it is.
  @Test func whatIsNotListedIsCounted() {
    func panel(_ change: (inout PairEvidence) -> Void) -> (title: String, last: String) {
      var evidence = Fixture.evidence("i", ratings: [20, 30, 40, 42])
      change(&evidence)
      let panel = EvidencePanel(
        evidence: evidence, name: "u", charset: .ascii, scroll: 0, isFocused: false)
      let lines = panel.lines(columns: 60, withCounts: true).map { $0.map(\.text).joined() }
      return (panel.title(columns: 80).map(\.text).joined(), lines.last ?? "")
    }
    let part = panel { _ in }
    #expect(part.title == "u  133 other training rows, mean 3.79 of 132")
    #expect(part.last == "the 20 newest of 133")
    #expect(panel { $0.isByTime = false }.last == "the last 20 in the file of 133")
    let whole = panel { ($0.count, $0.rated) = (20, 20) }
    #expect(whole.title == "u  20 other training rows, mean 3.79")
    #expect(whole.last.hasSuffix("i135       2  الصوت واضح والسعر مناسب"), "\(whole.last)")
  }

  /// At every size, also where lines below the parts leave too little for the wide layout, one pane has
  /// the focus after each Tab.
  @Test func eachTabFocusesOnePane() {
    for rows in [24, 30, 31, 32, 60] {
      for columns in [80, 159, 160, 200] {
        for isCompared in [false, true] {
          var app = Fixture.explainApp { if isCompared { $0.shadow = Fixture.explainedShadow() } }
          let size = Size(rows: rows, columns: columns)
          _ = app.update(.size(size))
          var titles: Set<String> = []
          for tab in 0...4 {
            let lines = app.view(size).text.split(separator: "\n")
            let focused = lines.flatMap {
              $0.split(separator: "┏", omittingEmptySubsequences: false).dropFirst()
            }
            #expect(focused.count == 1, "\(columns)x\(rows), Tab \(tab)")
            titles.insert(String(focused.first?.prefix(15) ?? ""))
            app.press("", .tab)
          }
          let text = app.view(size).text
          let panes = [" user u17  41 other", " item جيتار-203  66 other"].count { title in
            ["─", "━"].contains { text.contains($0 + title) }
          }
          #expect(titles.count == 2 + panes, "\(columns)x\(rows)")
        }
      }
    }
  }

  /// A part that has no room any more gives the focus to the items.
  @Test func aSmallerTerminalKeepsAFocus() {
    var app = Fixture.explainApp()
    _ = app.update(.size(Self.sizes[2]))
    for _ in 0..<3 { app.press("", .tab) }
    #expect(app.view(Self.sizes[2]).text.contains("┏━ item جيتار-203"))
    _ = app.update(.size(Self.sizes[1]))
    #expect(app.view(Self.sizes[1]).text.contains("┏━ user u17"))
    app.press("j")
    #expect(app.view(Self.sizes[1]).text.contains("→"))
    app.press("", .tab)
    #expect(app.view(Self.sizes[1]).text.contains("┏━ why"))
  }

  /// A point a step, begun anew with another pair, and each sentence once.
  @Test func aPairHasACourse() {
    var course = PairCourse()
    var view = Fixture.explanation()
    for (step, text) in [(10, "a"), (10, "a"), (20, "a"), (30, "b")] {
      view.step = step
      view.rating?.predicted = Double(step)
      view.explanation?.generated = .init(text)
      course.add(view)
    }
    #expect(course.samples.map(\.step) == [10, 20, 30])
    #expect(course.samples.map(\.predicted) == [10, 20, 30])
    #expect(course.sentences == [.init(step: 10, text: "a"), .init(step: 30, text: "b")])
    // What is said again was not said before.
    view.step = 35
    view.explanation?.generated = .init("a")
    course.add(view)
    #expect(course.sentences == [.init(step: 30, text: "b"), .init(step: 35, text: "a")])
    for step in 40..<4_000 {
      view.step = step
      course.add(view)
    }
    #expect(course.samples.count < PairCourse.capacity && course.samples.last?.step == 3_999)
    view.item?.name = "other"
    course.add(view)
    #expect(course.samples.count == 1 && course.item == "other" && course.isOf(view))
    var another = view
    another.item?.name = "a third"
    #expect(!course.isOf(another))
    another = view
    another.user?.name = "somebody else"
    #expect(!course.isOf(another))
    let app = Fixture.explainApp {
      $0.explanation?.step = 900
      $0.explanation?.explanation?.generated = .init("the price is fair")
    }
    var later = app
    var newest = Fixture.snapshot(Fixture.explainedNames, experts: 0)
    newest.explanation = Fixture.explanation()
    _ = later.update(.snapshot(newest))
    let shown = text(later, Self.sizes[2])
    #expect(shown.contains("said before") && shown.contains("900       the price is fair"))
    #expect(shown.contains("● expected 4.31   ╌ observed 5"))
  }

  /// What is seen is written: items, reasons and words, the rows of both, the course of the rating.
  @Test func whatIsSeenIsWritten() throws {
    let app = Fixture.explainApp { $0.shadow = Fixture.explainedShadow() }
    let files = app.screen.files(app.desk)
    #expect(
      files.map(\.name) == [
        "explanation.csv", "explanation-evidence.csv", "explanation-course.csv",
      ])
    let pair = "u17,جيتار-203,1800"
    for line in [
      "\(pair),first,2,ギター18,0.543", "\(pair),expects,2,ギター18,4.202",
      "\(pair),stands,1,\"pinned, place 1 of 199\",0.6132,",
      "\(pair),expected,0,rating,4.3121,", "\(pair),observed,0,rating,5,test",
      "\(pair),reason,1,sound,0.7112,share of the attention",
      "\(pair),evidence,1,the sound is clear and the price is fair,,",
      "\(pair),note,0,Two of 15 reviews are chosen.,,",
      "\(pair),says,0,the sound is great and the price is low,,",
      "\(pair),wrote,0,", "\(pair),gains,0,\"rating without explanation since",
    ] {
      #expect(files[0].text.contains("\r\n" + line), "\(line)")
    }
    for line in [
      "user,u17,all,0,,3.75,41,", "user,u17,rated,0,,5,10,", "user,u17,row,1,i2,5,1,the sound",
      "item,جيتار-203,row,4,ギター-18,2,1,", "item,جيتار-203,rated,0,,2,6,",
    ] {
      #expect(files[1].text.contains("\r\n" + line), "\(line)")
    }
    #expect(files[1].text.split(separator: "\r\n").count == 1 + 2 * (1 + 4 + 20))
    #expect(files[2].text == "user,item,step,expected,observed\r\n\(pair),4.3121,5\r\n")
  }
}
