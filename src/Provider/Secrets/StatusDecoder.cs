// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>Reads the message of a <c>Status</c>, with which the API server explains an error.</summary>
internal static class StatusDecoder
{
    /// <summary>Longer responses and messages are ignored; the HTTP status is sufficient then.</summary>
    private const int MaximumBytes = 16 * 1024;

    /// <returns>Empty if the response is not a Status or has no message.</returns>
    public static string ReadMessage(Stream body)
    {
        var message = "";
        try
        {
            KubernetesEnvelope.Read(body, MaximumBytes, "Status", Read);
            return message;
        }
        catch (Exception e) when (e is ProtobufException or ByteBudgetException)
        {
            return "";
        }

        void Read(ProtobufReader reader)
        {
            while (reader.NextField())
            {
                if (reader.Field == KubernetesFields.Status.Message)
                {
                    message = KubernetesEnvelope.ReadText(reader, MaximumBytes);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }
}
