/// The words of generated reviews.
///
/// Each aspect has opinion words of its own, for and against it, mild and strong. Some words are good of
/// one aspect and bad of another: `high` of quality and of a price, `light` of a weight and of a bass.
struct ReviewLexicon: Sendable {
  /// What an opinion is about.
  struct Aspect: Sendable {
    let name: Int
    /// By sign (for, against) and strength (mild, strong): words, the usual one first.
    let opinions: [[[Int]]]
  }

  /// All words, by number.
  let words: [String]
  /// All aspects.
  let aspects: [Aspect]
  /// By category of items, the twelve aspects that theirs are of.
  let categories: [[Int]]
  /// By strength, what may stand before an opinion.
  let adverbs: [[Int]]
  /// How a review may begin.
  let openings: [[Int]]
  /// By sign, how a review may end.
  let closings: [[[Int]]]
  let the, `is`, not, and, but: Int

  /// The number of a word of the grammar in opinion tuples, `not_clear` for what is not clear.
  func opinion(_ word: Int, isNegated: Bool) -> String {
    isNegated ? "not_" + words[word] : words[word]
  }

  /// The lists below, numbered in their order.
  init() {
    var numbers = WordNumbers()
    the = numbers["the"]
    `is` = numbers["is"]
    not = numbers["not"]
    and = numbers["and"]
    but = numbers["but"]
    adverbs = Self.adverbList.map { numbers.phrase($0) }
    openings = Self.openingList.map { numbers.phrase($0) }
    closings = Self.closingList.map { $0.map { numbers.phrase($0) } }
    var aspects: [Aspect] = []
    var categories: [[Int]] = []
    let shared = Self.aspects(Self.sharedAspects, &numbers)
    aspects += shared
    for list in Self.ownAspects {
      let own = Self.aspects(list, &numbers)
      categories.append(Array(shared.indices) + (aspects.count..<aspects.count + own.count))
      aspects += own
    }
    self.aspects = aspects
    self.categories = categories
    words = numbers.words
  }

  /// Aspects of lines `name | strong praise | mild praise | mild blame | strong blame`.
  private static func aspects(_ text: String, _ numbers: inout WordNumbers) -> [Aspect] {
    text.split(separator: "\n").map { line in
      let parts = line.split(separator: "|").map { numbers.phrase(String($0)) }
      return Aspect(name: parts[0][0], opinions: [[parts[2], parts[1]], [parts[3], parts[4]]])
    }
  }
}

/// Words by the order in which they first come.
private struct WordNumbers {
  private(set) var words: [String] = []
  private var numbers: [String: Int] = [:]

  subscript(word: String) -> Int {
    mutating get {
      if let number = numbers[word] { return number }
      numbers[word] = words.count
      words.append(word)
      return words.count - 1
    }
  }

  mutating func phrase(_ text: String) -> [Int] {
    text.split(separator: " ").map { self[String($0)] }
  }
}

// MARK: - The words
extension ReviewLexicon {
  private static let adverbList = ["quite fairly rather", "very really extremely"]

  private static let openingList = [
    "overall", "honestly", "in short", "after months", "for me", "to me", "first impression",
    "as expected",
  ]

  private static let closingList = [
    ["well worth it", "would buy again", "i am happy", "five stars", "highly recommended"],
    ["not for me", "sent it back", "never again", "what a disappointment", "look elsewhere"],
  ]

  private static let sharedAspects = """
    price | unbeatable great low | fair reasonable okay | high steep unfair | outrageous absurd ridiculous
    quality | superb outstanding high | good decent solid | mediocre low uneven | terrible shoddy awful
    look | stunning gorgeous beautiful | nice clean tidy | plain dull dated | ugly hideous cheap
    size | perfect ideal handy | small compact right | big awkward odd | enormous impractical huge
    weight | light effortless featherlike | moderate balanced comfortable | heavy noticeable tiring | crushing exhausting unbearable
    delivery | instant flawless fast | short prompt punctual | slow late long | endless hopeless careless
    """

  private static let ownAspects = [
    """
    tone | rich magnificent singing | warm full mellow | thin dull flat | lifeless harsh dreadful
    neck | silky superb fast | smooth slim comfortable | thick sticky stiff | warped crooked twisted
    bridge | rugged precise masterly | sturdy stable firm | loose rattling soft | broken cracked useless
    tuning | flawless perfect precise | stable steady reliable | drifting uneven fussy | hopeless impossible chaotic
    action | effortless perfect slick | low easy light | high stiff hard | unplayable painful brutal
    finish | flawless immaculate dazzling | glossy even clean | rough patchy dull | scratched peeling blistered
    """,
    """
    sound | crystalline brilliant breathtaking | clear balanced natural | muffled thin tinny | distorted horrible painful
    bass | thunderous massive deep | full warm punchy | weak light boomy | absent dead shapeless
    fit | perfect seamless contoured | snug soft comfortable | tight loose slippery | painful torturous unwearable
    cable | indestructible superb detachable | long flexible sturdy | short stiff tangled | frayed broken useless
    noise | nonexistent inaudible negligible | low faint muted | audible loud high | deafening unbearable constant
    battery | endless phenomenal inexhaustible | long reliable lasting | short weak limited | dead worthless defective
    """,
    """
    volume | thunderous huge massive | loud ample strong | low weak modest | pathetic feeble inaudible
    gain | magnificent creamy glorious | smooth responsive rich | harsh fizzy muddy | unusable brittle screeching
    speaker | brilliant phenomenal crisp | clear solid punchy | boxy dull tinny | blown torn rattling
    heat | imperceptible negligible minimal | mild low moderate | noticeable warm high | scorching dangerous alarming
    hum | nonexistent inaudible silent | faint low slight | audible loud annoying | maddening constant deafening
    display | dazzling vivid brilliant | bright readable crisp | dim small cluttered | unreadable blank broken
    """,
    """
    voice | lifelike gorgeous velvety | natural warm present | nasal distant boxy | garbled robotic unintelligible
    hiss | nonexistent negligible undetectable | faint low tolerable | audible high obvious | constant unbearable roaring
    stand | rocksolid rugged flawless | stable heavy firm | wobbly light flimsy | collapsing snapped worthless
    range | enormous immense vast | wide generous ample | narrow short limited | tiny laughable useless
    latency | imperceptible nonexistent zero | low slight acceptable | noticeable high distracting | unbearable absurd crippling
    setup | instant effortless foolproof | simple easy quick | fiddly confusing lengthy | nightmarish impossible maddening
    """,
  ]
}
