package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Hostile files, one mistake each.
class SafetensorsRejectTest {
  @TempDir Path folder;

  private static byte[] file(long length, byte[] header, int data) {
    return ByteBuffer.allocate(8 + header.length + data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(header)
        .array();
  }

  private static byte[] file(String header, int data) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    return file(bytes.length, bytes, data);
  }

  private static String f32(String name, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, shape, begin, end);
  }

  private static Arguments header(String mistake, String header, int data, String message) {
    return arguments(mistake, file(header, data), message);
  }

  static Stream<Arguments> hostile() {
    String json = "safetensors: the header is not the JSON of the format: expected ";
    return Stream.of(
        arguments(
            "too short",
            new byte[7],
            "safetensors: the file has 7 bytes, the length of the header alone takes 8"),
        arguments(
            "header over the cap",
            file(100_000_001, new byte[0], 0),
            "safetensors: the header has 100000001 bytes, at most 100000000 are allowed"),
        arguments(
            "header length with the top bit",
            file(-1, new byte[0], 0),
            "safetensors: the header has 18446744073709551615 bytes, at most 100000000 are allowed"),
        arguments(
            "header beyond the file",
            file(50, new byte[10], 0),
            "safetensors: the header has 50 bytes, the file only 18"),
        arguments(
            "not UTF-8",
            file(2, new byte[] {'{', (byte) 0xff}, 0),
            "safetensors: the header is not UTF-8"),
        header("empty", "", 0, "safetensors: the header must start with '{'"),
        header("space first", " {}", 0, "safetensors: the header must start with '{'"),
        header("open object", "{", 0, json + "'\"' at character 1"),
        header("no colon", "{\"a\" 1}", 0, json + "':' at character 5"),
        header(
            "trailing comma", "{" + f32("a", "[]", 0, 4) + ",}", 4, json + "'\"' at character 53"),
        header("open string", "{\"a", 0, "safetensors: the header ends inside a string"),
        header(
            "control character",
            "{\"a\n\":1}",
            0,
            json + "a string without control characters at character 3"),
        header("bad escape", "{\"\\x\":1}", 0, json + "an escape of JSON at character 3"),
        header(
            "bad unicode escape",
            "{\"\\u12g4\":1}",
            0,
            json + "four hexadecimal digits at character 6"),
        header(
            "text after the end",
            "{} x",
            0,
            "safetensors: the header has text after its end, at character 3"),
        header("value of another kind", "{\"a\":[]}", 0, json + "'{' at character 5"),
        header("deep nesting", "{\"a\":" + "[".repeat(100_000), 0, json + "'{' at character 5"),
        header(
            "metadata not text", "{\"__metadata__\":{\"a\":1}}", 0, json + "'\"' at character 21"),
        header(
            "negative size",
            "{" + f32("a", "[-1]", 0, 4) + "}",
            4,
            json + "a whole number without sign or leading zeros at character 29"),
        header(
            "fraction",
            "{" + f32("a", "[1.0]", 0, 4) + "}",
            4,
            json + "',' or ']' at character 30"),
        header(
            "leading zero",
            "{" + f32("a", "[01]", 0, 4) + "}",
            4,
            json + "a whole number without sign or leading zeros at character 29"),
        header(
            "long number",
            "{" + f32("a", "[9223372036854775808]", 0, 4) + "}",
            4,
            "safetensors: the number at character 29 has 19 digits, at most 18 are allowed"),
        header(
            "many dimensions",
            "{" + f32("a", "[1" + ",1".repeat(64) + "]", 0, 4) + "}",
            4,
            "safetensors: tensor 'a': more than 64 dimensions"),
        header(
            "overflow in the shape",
            "{" + f32("a", "[4294967296,4294967296]", 0, 0) + "}",
            0,
            "safetensors: tensor 'a': F32 of shape [4294967296,4294967296] has more bits than 64-bit"
                + " numbers count"),
        header(
            "wrong size",
            "{" + f32("a", "[2]", 0, 4) + "}",
            4,
            "safetensors: tensor 'a': F32 of shape [2] takes 8 bytes, bytes 0 to 4 are 4"),
        header(
            "half a byte",
            "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}",
            2,
            "safetensors: tensor 'a': F4 of shape [3] takes 12 bits, which are not whole bytes"),
        header(
            "end before begin",
            "{" + f32("a", "[0]", 4, 0) + "}",
            4,
            "safetensors: tensor 'a': bytes 4 to 0 do not lie in the 4 bytes of data"),
        header(
            "beyond the data",
            "{" + f32("a", "[1000000000]", 0, 4000000000L) + "}",
            4,
            "safetensors: tensor 'a': bytes 0 to 4000000000 do not lie in the 4 bytes of data"),
        header(
            "hole",
            "{" + f32("a", "[1]", 0, 4) + "," + f32("b", "[1]", 8, 12) + "}",
            12,
            "safetensors: no tensor covers bytes 4 to 8, before 'b'"),
        header(
            "overlap",
            "{" + f32("a", "[2]", 0, 8) + "," + f32("b", "[1]", 4, 8) + "}",
            8,
            "safetensors: tensor 'b' begins at byte 4, inside the tensor before it, which ends at 8"),
        header(
            "trailing data",
            "{" + f32("a", "[1]", 0, 4) + "}",
            6,
            "safetensors: no tensor covers bytes 4 to 6, at the end"),
        header(
            "name twice",
            "{" + f32("a", "[0]", 0, 0) + "," + f32("a", "[0]", 0, 0) + "}",
            0,
            "safetensors: the name 'a' occurs twice in the header"),
        header(
            "field twice",
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}",
            0,
            "safetensors: the name 'dtype' occurs twice in tensor 'a'"),
        header(
            "unknown field",
            "{\"a\":{\"size\":4}}",
            0,
            "safetensors: tensor 'a': unknown field 'size'; the format has dtype, shape and"
                + " data_offsets"),
        header(
            "field missing",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}",
            0,
            "safetensors: tensor 'a': needs dtype, shape and data_offsets"),
        header(
            "three offsets",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4,8]}}",
            8,
            "safetensors: tensor 'a': data_offsets must be two numbers, got 3"),
        header(
            "unknown dtype",
            "{\"a\":{\"dtype\":\"C64\",\"shape\":[],\"data_offsets\":[0,8]}}",
            8,
            "safetensors: tensor 'a': unknown or unsupported dtype 'C64'; supported: [BOOL, F4, F6_E2M3,"
                + " F6_E3M2, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, I16, F16, BF16, I32, F32, F64, I64]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void read_hostileFile_refused(String mistake, byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("hostile.safetensors"), bytes);

    assertThatThrownBy(() -> Safetensors.read(file))
        .as(mistake)
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message);
  }

  @Test
  void write_whatTheFormatCannotHold_refused() {
    Path file = folder.resolve("t.safetensors");
    Tensor blocks = Tensor.zeros(2, 32).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);

    assertThatThrownBy(() -> Safetensors.write(file, Map.of("w", blocks)))
        .hasMessage(
            "safetensors: tensor 'w': the format does not hold mxfp4; convert it first, as in to(F32)"
                + " or dequantize()");
    assertThatThrownBy(() -> Safetensors.write(file, Map.of("w", Tensor.meta(DType.F32, 2))))
        .hasMessage("safetensors: tensor 'w' is on device meta and has no values");
    assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", Tensor.ones(1))))
        .hasMessage("safetensors: a tensor cannot be named '__metadata__'");
    assertThatThrownBy(
            () -> Safetensors.write(file, Map.of("w", Tensor.ones(3).to(DType.FP4_E2M1))))
        .hasMessage(
            "safetensors: tensor 'w': 3 elements of F4 take 12 bits, which are not whole bytes");
  }
}
