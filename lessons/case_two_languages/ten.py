"""One sentence in ten languages: what the section on tokens cuts and counts. No native reader has checked it."""

SENTENCE = {
    "English": "My sister gave back the money that she had found.",
    "Filipino": "Isinauli ng kapatid kong babae ang perang napulot niya.",
    "Spanish": "Mi hermana devolvió el dinero que había encontrado.",
    "Swahili": "Dada yangu alirudisha pesa alizopata.",
    "Vietnamese": "Chị tôi đã trả lại số tiền mà chị ấy nhặt được.",
    "Arabic": "أعادت أختي المال الذي وجدته.",
    "Hindi": "मेरी बहन ने वे पैसे लौटा दिए जो उसे मिले थे।",
    "Bengali": "আমার বোন যে টাকা পেয়েছিল তা ফেরত দিয়েছে।",
    "Tamil": "என் சகோதரி கண்டெடுத்த பணத்தைத் திருப்பிக் கொடுத்தாள்.",
    "Telugu": "నా చెల్లెలు తనకు దొరికిన డబ్బును తిరిగి ఇచ్చింది.",
}
