import os
import random
import sys
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import pandas as pd
from PIL import Image
from scipy.ndimage import rotate, shift
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC
import matplotlib.pyplot as plt

np.random.seed(1)

df = pd.read_csv('data/train.csv')
df2 = pd.read_csv('data/test.csv')

l = []
for i in range(len(df)):
    l.append(np.array(Image.open('data/' + df['file'][i])).flatten() / 255)
X = np.array(l)
y = df['digit']

l2 = []
for i in range(len(df2)):
    l2.append(np.array(Image.open('data/' + df2['file'][i])).flatten() / 255)
X2 = np.array(l2)

# make more data
l3 = []
y3 = []
for k in range(3):
    for i in range(len(X)):
        im = X[i].reshape(28, 28)
        im = rotate(im, np.random.uniform(-15, 15), reshape=False, order=1)
        im = shift(im, (np.random.uniform(-2, 2), np.random.uniform(-2, 2)), order=1)
        im = im + np.random.randn(28, 28) * 0.08
        im[im < 0] = 0
        im[im > 1] = 1
        l3.append(im.flatten())
        y3.append(y[i])
XX = np.concatenate([X, np.array(l3)])
yy = np.concatenate([y, np.array(y3)])

p = PCA(50)
XX2 = p.fit_transform(XX)
X22 = p.transform(X2)

# rf = RandomForestClassifier(500)
# rf.fit(XX2, yy)
# pred = rf.predict(X22)

m = SVC(C=10)
m.fit(XX2, yy)
print('train', m.score(XX2, yy))
pred = m.predict(X22)

out = os.environ['OUTPUT_DIR'] if 'OUTPUT_DIR' in os.environ else '.'
try:
    pd.DataFrame({'image_id': df2['image_id'], 'prediction': pred}).to_csv(out + '/predictions.csv', index=False)
except:
    pass
