// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Options;

/// <summary>
/// The words of a command line, split into options and arguments, which may be mixed. <c>--flag VALUE</c>,
/// <c>--flag=VALUE</c>, <c>-f VALUE</c>, <c>-f=VALUE</c> and <c>-fVALUE</c> mean the same, as in kubectl (spf13/pflag
/// flag.go); everything after <c>--</c> is an argument.
/// </summary>
internal sealed class ParsedWords
{
    private readonly List<(Option Option, string Value)> values = [];
    private readonly List<string> arguments = [];

    private ParsedWords() { }

    /// <summary>The options with their values, in command-line order. A switch without a value is
    /// <c>true</c>.</summary>
    public IReadOnlyList<(Option Option, string Value)> Values => values;

    public IReadOnlyList<string> Arguments => arguments;

    /// <summary>What is wrong with the first invalid word; null if all are valid.</summary>
    public string? Problem { get; private set; }

    /// <param name="words">Without the program's name and the commands.</param>
    /// <param name="options">The options that the line may contain.</param>
    public static ParsedWords Parse(IReadOnlyList<string> words, IReadOnlyList<Option> options)
    {
        var parsed = new ParsedWords();
        for (var i = 0; i < words.Count && parsed.Problem is null; i++)
        {
            if (words[i] == "--")
            {
                parsed.arguments.AddRange(words.Skip(i + 1));
                break;
            }

            if (!IsFlag(words[i]))
            {
                parsed.arguments.Add(words[i]);
                continue;
            }

            var (name, value) = Split(words[i], options);
            if (Find(options, name) is not { } option)
            {
                var known = options.Select(option => "--" + option.Flag).Append("--help");
                parsed.Problem = $"unknown flag \"{OneLine.Of(name)}\"{NearestWord.Hint(name, known)}";
            }
            else if (value is not null || option.IsSwitch)
            {
                parsed.values.Add((option, value ?? "true"));
            }
            else if (i + 1 < words.Count && !IsFlag(words[i + 1]))
            {
                parsed.values.Add((option, words[++i]));
            }
            else
            {
                parsed.Problem = $"flag --{option.Flag} needs a value: {option.ValueName}";
            }
        }

        return parsed;
    }

    /// <summary>Applies all values.</summary>
    /// <returns>What is wrong with the first invalid value; null if all are valid.</returns>
    public string? Apply(Settings settings)
    {
        foreach (var (option, value) in values)
        {
            if (option.Accept(settings, value) is { } wanted)
            {
                return $"bad value \"{OneLine.Of(value)}\" of flag --{option.Flag}: {wanted}";
            }
        }

        return null;
    }

    /// <summary>A single dash is an argument: it means stdin.</summary>
    private static bool IsFlag(string word) => word.Length > 1 && word[0] == '-';

    private static (string Name, string? Value) Split(string word, IReadOnlyList<Option> options)
    {
        if (word.Length > 2 && word[1] != '-' && Find(options, word[..2]) is not null)
        {
            return (word[..2], word[2] == '=' ? word[3..] : word[2..]);
        }

        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static Option? Find(IReadOnlyList<Option> options, string name)
    {
        foreach (var option in options)
        {
            if (option.Answers(name))
            {
                return option;
            }
        }

        return null;
    }
}
