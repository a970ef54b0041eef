import Foundation
import Runs
import Testing

@testable import mtl_tui

@Suite("The table and plot of the study") struct StudyRenderingTests {
  private let table = CorrelationTable(
    correlations: [0, 0.5, 1], labelCorrelations: [-0.001, 0.33, 0.99],
    rows: [
      .init(
        title: "OMoE", parameterCount: 140,
        cells: [.init(losses: [3, 5]), .init(losses: [3]), .init(losses: [2])]),
      .init(
        title: "MMoE", parameterCount: nil,
        cells: [.init(losses: [2]), .init(losses: []), .init(losses: [2])]),
    ])

  @Test("as text") func text() {
    #expect(
      table.text.hasPrefix(
        """
        mean squared error on test rows, mean ± standard deviation over the seeds

        correlation                0     0.5       1  parameters
        OMoE         4.0000 ± 1.4142  3.0000  2.0000         140
        MMoE                  2.0000       –  2.0000           –
        label r                 0.00    0.33    0.99

           4.000 ┤A
        """))
    #expect(table.text.contains("\nA OMoE   B MMoE   * where letters meet\n"))
  }

  @Test("letters at the points, dots between, a gap where there is no number") func plot() {
    let plot = LetterPlot(
      x: [0, 0.5, 1], series: [("up", [0, 1, 2]), ("gap", [2, .nan, 2])], columns: 21, rows: 5)
    #expect(
      plot.text == """
           2.000 ┤B                 · *
                 │              · ·
           1.000 ┤        · A ·
                 │    · ·
           0.000 ┤A ·
                 └─────────────────────
                  0        0.5        1
        """)
  }

  @Test("one point, equal values, nothing at all") func edges() {
    let one = LetterPlot(x: [0.5], series: [("one", [3])], columns: 5, rows: 3)
    #expect(
      one.text == """
           3.500 ┤
           3.000 ┤  A
           2.500 ┤
                 └─────
                   0.5
        """)
    #expect(LetterPlot(x: [], series: []).text == "no points yet")
    #expect(LetterPlot(x: [1], series: [("none", [.nan])]).text == "no points yet")
  }

  @Test("as JSON") func json() throws {
    let text = table.json(isInterrupted: false)
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let document = try #require(parsed as? [String: Any])
    #expect(document["correlations"] as? [Double] == [0, 0.5, 1])
    let models = try #require(document["models"] as? [[String: Any]])
    let cells = try #require(models[1]["cells"] as? [[String: Any]])
    #expect(cells[0]["losses"] as? [Double] == [2] && cells[1]["mean"] is NSNull)
    #expect(models[1]["parameters"] is NSNull)
  }
}
