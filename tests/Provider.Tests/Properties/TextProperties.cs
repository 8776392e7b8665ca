// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Secrets;
using CsCheck;

namespace CrioCredentialProvider.Tests.Properties;

public sealed class TextProperties
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char["a \n\r\t\0\u001b\u0085\u2028\u2029\u007fü😀"], 0, 300],
        Gen.Int[250, 260].Select(length => new string('x', length))
    );

    [Fact]
    public void A_value_becomes_one_line_of_bounded_length_and_a_good_one_stays() => Property.Holds(Text, text =>
        {
            var line = OneLine.Of(text);
            Assert.InRange(line.Length, 0, OneLine.MaximumLength + 1);
            Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u2028' or '\u2029');
            var kept = text[..Math.Min(text.Length, OneLine.MaximumLength)];
            var expected = string.Concat(
                kept.EnumerateRunes()
                    .Select(rune => rune == Rune.ReplacementChar || IsHarmful(rune) ? "?" : rune.ToString())
            );
            Assert.Equal(expected + (text.Length > OneLine.MaximumLength ? "…" : ""), line);
        });

    private static bool IsHarmful(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;

    [Fact]
    public void A_duration_is_read_as_Go_prints_it() =>
        Property.Holds(
            Gen.Int[0, 23].SelectMany(hours => Gen.Select(Gen.Const(hours), Gen.Int[0, 59], Gen.Int[0, 59_999_999])),
            time =>
            {
                var (hours, minutes, microseconds) = time;
                var seconds = microseconds / 1_000_000m;
                var expected = new TimeSpan(hours, minutes, 0) + TimeSpan.FromTicks(microseconds * 10L);
                var text =
                    (hours > 0 ? $"{hours}h" : "")
                    + (hours > 0 || minutes > 0 ? $"{minutes}m" : "")
                    + seconds.ToString("0.######", CultureInfo.InvariantCulture)
                    + "s";
                Assert.True(GoDuration.TryParse(text, out var read), text);

                // A tick is 100 ns: what the binary fraction cannot hold may be lost.
                Assert.InRange((expected - read).Ticks, -1, 1);
            }
        );

    [Fact]
    public void What_is_not_a_Go_duration_is_rejected() =>
        Property.Holds(
            from number in Gen.OneOf(
                "1",
                "1.5",
                ".5",
                "1.",
                "0",
                "",
                ".",
                "1.2.3",
                "-1",
                "+1",
                "1e3",
                "1,5",
                " 1",
                "１"
            )
            from unit in Gen.OneOf("s", "m", "h", "ms", "us", "µs", "ns", "", "S", "sec", "d", "s ", "sm")
            from more in Gen.OneOf("", "1s", "2m", "x", " ")
            select number + unit + more,
            text => Assert.Equal(IsDuration(text), GoDuration.TryParse(text, out _))
        );

    private static bool IsDuration(string text) =>
        text == "0"
        || System.Text.RegularExpressions.Regex.IsMatch(
            text,
            @"\A(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|ms|s|m|h))+\z"
        );

    private static readonly Gen<(string Name, string Value)> Variable = Gen.Select(
        Gen.OneOf("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "A", "a_1"),
        Gen.OneOf(
            "api-int.cluster.example.com",
            "6443",
            "fd00::1",
            "[fd00::1]",
            "",
            "a#b",
            "a = b",
            "it's",
            "say \"x\"",
            "export x",
            "'",
            "$HOME",
            "a:b",
            "ü"
        )
    );

    [Fact]
    public void An_env_file_is_read_as_it_was_written() =>
        Property.Holds(
            Gen.Select(Variable.Array[0, 5], Gen.Int[0, int.MaxValue]),
            (given) =>
            {
                Dictionary<string, string> expected = [];
                foreach (var (name, value) in given.Item1)
                {
                    expected[name] = value;
                }

                Assert.Equal(expected, EnvFile.Parse(Print(given.Item1, given.Item2)));
            },
            given => Print(given.Item1, given.Item2),
            rounds: 10000
        );

    /// <summary>Whatever a value holds, a reader of the journal's protocol gets these fields and no other.</summary>
    [Fact]
    public void No_value_makes_a_field_of_its_own_in_the_journal() =>
        Property.Holds(
            Gen.Select(
                Gen.OneOf("MESSAGE", "CRIO_CP_KEY", "PRIORITY"),
                Gen.OneOf(Text, Gen.OneOf("a\nPRIORITY=0\n", "\n", "=", "x\n\n", "a\0b"))
            ).Array[0, 5],
            fields =>
            {
                JournalDatagram datagram = new();
                foreach (var (name, value) in fields)
                {
                    datagram.Add(name, value);
                }

                Assert.Equal(fields.Select(field => (field.Item1, Cut(field.Item2))), Read(datagram.Bytes.Span));
            }
        );

    private static string Cut(string value) =>
        Encoding.UTF8.GetString(
            Encoding.UTF8.GetBytes(value[..Math.Min(value.Length, JournalDatagram.MaximumValueBytes / 3)])
        );

    private static List<(string, string)> Read(ReadOnlySpan<byte> datagram)
    {
        List<(string, string)> fields = [];
        while (!datagram.IsEmpty)
        {
            var end = datagram.IndexOfAny((byte)'=', (byte)'\n');
            var (name, isCounted) = (Encoding.ASCII.GetString(datagram[..end]), datagram[end] == '\n');
            datagram = datagram[(end + 1)..];
            var length = isCounted
                ? (int)BinaryPrimitives.ReadUInt64LittleEndian(datagram)
                : datagram.IndexOf((byte)'\n');
            datagram = isCounted ? datagram[8..] : datagram;
            fields.Add((name, Encoding.UTF8.GetString(datagram[..length])));
            Assert.Equal((byte)'\n', datagram[length]);
            datagram = datagram[(length + 1)..];
        }

        return fields;
    }

    private static string Print((string Name, string Value)[] variables, int style)
    {
        var random = new Random(style);
        var end = random.Next(3) == 0 ? "\r\n" : "\n";
        var text = new StringBuilder(random.Next(4) == 0 ? "\uFEFF" : "");
        foreach (var (name, value) in variables)
        {
            text.Append(
                    random.Next(4) switch
                    {
                        0 => "# NAME=comment 'x" + end,
                        1 => end,
                        2 => "nothing" + end,
                        _ => "",
                    }
                )
                .Append(random.Next(4) == 0 ? "  " : "")
                .Append(random.Next(4) == 0 ? "export " : "")
                .Append(name)
                .Append(
                    random.Next(4) switch
                    {
                        0 => " = ",
                        1 => ": ",
                        _ => "=",
                    }
                )
                .Append(Quoted(value))
                .Append(random.Next(4) == 0 ? " # comment" : "")
                .Append(end);
        }

        return random.Next(3) == 0 ? text.ToString().TrimEnd('\r', '\n') : text.ToString();

        string Quoted(string value)
        {
            List<string> forms = [];
            if (!value.Contains('\'', StringComparison.Ordinal))
            {
                forms.Add($"'{value}'");
            }

            if (!value.Contains('"', StringComparison.Ordinal))
            {
                forms.Add($"\"{value}\"");
            }

            if (value.Length > 0 && value[0] is not ('\'' or '"' or '#'))
            {
                forms.Add(value);
            }

            return forms[random.Next(forms.Count)];
        }
    }
}
