/// The cyclic redundancy check of Castagnoli, CRC-32C (RFC 3720, section 12.1).
public enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1
    }
  }

  /// The check of some bytes.
  public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
  }

  /// As TFRecord files have it, so that a check of a check is none: turned by 15 bits, plus a constant.
  public static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let check = of(bytes)
    return (check >> 15 | check << 17) &+ 0xA282_EAD8
  }
}
