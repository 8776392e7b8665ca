namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Passes over what is in a JSON object or array, piece by piece, several times as fast as a reader that looks at each
/// token. Only brackets and texts are told apart: what stands between them is not held against the grammar.
/// </summary>
internal struct JsonSkipper
{
    private long depth;
    private bool isInText, isEscaped;

    /// <summary>Whether the end has not been reached yet.</summary>
    public readonly bool IsInside => depth > 0;

    /// <summary>The opening bracket is behind.</summary>
    public void Enter() => depth = 1;

    /// <param name="data">What follows.</param>
    /// <returns>Bytes passed over: all, or those before the bracket that closes what was entered.</returns>
    public int Skip(ReadOnlySpan<byte> data)
    {
        var i = 0;
        while (depth > 0 && i < data.Length)
        {
            if (isEscaped)
            {
                isEscaped = false;
                i++;
            }
            else if (isInText)
            {
                var end = data[i..].IndexOfAny((byte)'"', (byte)'\\');
                if (end < 0)
                {
                    return data.Length;
                }

                i += end + 1;
                isEscaped = data[i - 1] == '\\';
                isInText = isEscaped;
            }
            else
            {
                switch (data[i])
                {
                    case (byte)'"':
                        isInText = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    case (byte)'}' or (byte)']':
                        if (--depth == 0)
                        {
                            return i;
                        }

                        break;
                    default:
                        break;
                }

                i++;
            }
        }

        return i;
    }
}
