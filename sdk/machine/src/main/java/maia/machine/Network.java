package maia.machine;

/// The scale-up network of a chip.
///
/// @param ports network DMA engines, one per port
/// @param bytesPerSecondPerPort bandwidth of a port in each direction
/// @param latencyPicoseconds one way, memory to memory
public record Network(int ports, double bytesPerSecondPerPort, long latencyPicoseconds) {
  /// Bandwidth of all ports in one direction.
  public double bytesPerSecond() {
    return ports * bytesPerSecondPerPort;
  }
}
